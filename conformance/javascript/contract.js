// The contract of Call Automation as Microsoft's own SDK has it (conformance/contract), and a check of every answer and
// every callback against it: statuses, members, types and the words of enumerations.

import { readFileSync } from "node:fs";

const CONTRACT = JSON.parse(
  readFileSync(new URL("../contract/callautomation-2026-03-12.json", import.meta.url), "utf8"),
);

/** What every recorded envelope of a callback has beside its data. */
const ENVELOPE = ["id", "source", "subject", "type", "time", "specversion", "datacontenttype", "data"];

/** Members that say something only when there is something to say. All others are in every callback. */
const OMITTED_WHEN_UNSET = {
  operationContext: () => true,
  dtmfResult: (data) => data.recognitionType !== "dtmf",
  choiceResult: (data) => data.recognitionType !== "choices",
  speechResult: (data) => data.recognitionType !== "speech",
  // Only a prompt that failed has a place in the list of prompts.
  failedPlaySourceIndex: (_, kind) => kind === "RecognizeFailed",
};

const OPERATIONS = Object.entries(CONTRACT.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: operation.operationId,
    method: method.toUpperCase(),
    ...traits(template, operation.parameters),
    pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/:]+")}$`),
    responses: operation.responses,
  })),
);

/** What errors.json says `of` operations. */
function traits(template, parameters) {
  const body = parameters.find((one) => one.in === "body");
  return {
    hasBody: body !== undefined,
    required: body ? [...(resolve(body.schema).required ?? [])].sort() : [],
    isOfCall: template.includes("{callConnectionId}"),
    isOfRecording: template.includes("{recordingId}"),
    isRepeatable: parameters.some((one) => one.in === "header" && one.name === "Repeatability-Request-ID"),
  };
}

/** Operations of the contract by their names. */
export const operationNamed = (name) => OPERATIONS.find((operation) => operation.name === name);

export const OPERATION_NAMES = OPERATIONS.map((operation) => operation.name);
export const EVENT_KINDS = Object.keys(CONTRACT["x-callback-events"]).map(kindOf);

export function kindOf(type) {
  return type.slice(type.lastIndexOf(".") + 1);
}

/** What is wrong with the answer to a request of Call Automation; nothing of other services. */
export function faultsOfAnswer(method, url, status, contentType, text) {
  const path = new URL(url).pathname;
  const operation = OPERATIONS.find((one) => one.method === method && one.pattern.test(path));
  if (!operation) return path.startsWith("/calling/") ? [`${method} ${path} is no operation`] : [];
  const response = operation.responses[status] ?? (status >= 400 ? operation.responses.default : undefined);
  if (!response) return [`${operation.name}: ${status} is not in the contract`];
  if (!response.schema) return text === "" ? [] : [`${operation.name}: ${status} has a body: ${text}`];
  if (!contentType?.startsWith("application/json")) return [`${operation.name}: content-type ${contentType}`];
  return faultsOf(JSON.parse(text), response.schema, operation.name);
}

/** What is wrong with a callback as it came. */
export function faultsOfCallback(envelope) {
  const kind = kindOf(envelope.type);
  const reference = CONTRACT["x-callback-events"][envelope.type];
  if (!reference) return [`${envelope.type} is no event of the contract`];
  const faults = [...missing(envelope, ENVELOPE, kind), ...unknown(envelope, ENVELOPE, kind)];
  const definition = resolve(reference);
  // No contract names these two, but every recording has them.
  const { version, publicEventType, ...data } = envelope.data;
  if (publicEventType !== envelope.type) faults.push(`${kind}: publicEventType ${publicEventType}`);
  if (version !== CONTRACT.info.version) faults.push(`${kind}: version ${version}`);
  const wanted = Object.keys(definition.properties).filter((name) => !OMITTED_WHEN_UNSET[name]?.(data, kind));
  faults.push(...missing(data, wanted, kind), ...faultsOf(data, definition, kind));
  for (const identifier of identifiersIn(data)) faults.push(...faultsOfIdentifier(identifier, kind));
  return faults;
}

/** What is wrong with the data of IncomingCall, which comes by Event Grid. */
export function faultsOfIncomingCall(data) {
  return faultsOf(data, CONTRACT.definitions.IncomingCall, "IncomingCall");
}

function identifiersIn(data) {
  const listed = (data.participants ?? []).map((participant) => participant.identifier);
  return [...listed, data.participant, data.transferTarget, data.transferee].filter(Boolean);
}

/** JavaScript makes a typed identifier of `kind`, `rawId` and the member of that kind only (the SDK's converters). */
function faultsOfIdentifier(identifier, where) {
  const { kind, rawId } = identifier;
  if (!kind || !rawId) return [`${where}: an identifier lacks kind or rawId`];
  return kind === "unknown" || identifier[kind] ? [] : [`${where}: ${rawId} lacks ${kind}`];
}

function missing(object, names, where) {
  return names.filter((name) => object[name] === undefined).map((name) => `${where} lacks ${name}`);
}

function unknown(object, names, where) {
  return Object.keys(object)
    .filter((name) => !names.includes(name))
    .map((name) => `${where} has no ${name}`);
}

function resolve(schema) {
  return schema.$ref ? CONTRACT.definitions[schema.$ref.replace("#/definitions/", "")] : schema;
}

/** JSON Schema as far as the contract uses it. */
function faultsOf(value, reference, where) {
  const schema = resolve(reference);
  switch (schema.type) {
    case "object":
      return faultsOfObject(value, schema, where);
    case "array":
      if (!Array.isArray(value)) return [`${where} is no array`];
      return value.flatMap((item, at) => faultsOf(item, schema.items, `${where}[${at}]`));
    case "integer":
      return Number.isSafeInteger(value) ? [] : [`${where} is no integer: ${value}`];
    case "string":
      return faultsOfString(value, schema, where);
    default:
      return typeof value === schema.type ? [] : [`${where} is no ${schema.type}: ${value}`];
  }
}

function faultsOfObject(value, schema, where) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${where} is no object`];
  const properties = schema.properties ?? {};
  const faults = missing(value, schema.required ?? [], where);
  for (const [name, member] of Object.entries(value)) {
    if (properties[name]) {
      faults.push(...faultsOf(member, properties[name], `${where}.${name}`));
    } else if (schema.additionalProperties) {
      faults.push(...faultsOf(member, schema.additionalProperties, `${where}.${name}`));
    } else {
      faults.push(`${where} has no ${name}`);
    }
  }
  return faults;
}

function faultsOfString(value, schema, where) {
  if (typeof value !== "string") return [`${where} is no string: ${value}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${where}: ${value} is none of ${schema.enum}`];
  if (schema.format === "date-time" && Number.isNaN(Date.parse(value))) return [`${where} is no date: ${value}`];
  return [];
}
