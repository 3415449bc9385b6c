// The stage of a case: an emulator, the application's receiver, and one of Microsoft's clients between them. Every
// answer that the client gets is held against the contract, and what was requested is written down for the table.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test as nodeTest } from "node:test";

import { CallAutomationClient } from "@azure/communication-call-automation";
import { AzureKeyCredential } from "@azure/core-auth";
import { ClientSecretCredential } from "@azure/identity";

import { faultsOfAnswer } from "./contract.js";
import { ACCOUNT, AGENT, APP, CALLER, Emulator, KEY, NUMBER, RESOURCE, SECRET, TENANT } from "./emulator.js";
import { Receiver } from "./receiver.js";
import { writeDown } from "./seen.js";

export const COGNITIVE = { cognitiveServicesEndpoint: "https://cognitive.example" };
export const CALLER_IDENTIFIER = { phoneNumber: CALLER };
export const CALLER_RAW = `4:${CALLER}`;
export const AGENT_RAW = `8:acs:${RESOURCE}_${TENANT}_${AGENT}`;
export const RESOURCE_ACCOUNT = { teamsAppId: ACCOUNT };

/** An agent as Teams Phone extensibility names them. */
export function extensionUser(userId = AGENT) {
  return { userId, tenantId: TENANT, resourceId: RESOURCE };
}

export function say(text) {
  return { kind: "textSource", text, voiceName: "en-US-AvaNeural" };
}

/** The name and version of a package as it is installed. */
export function packageName(name) {
  const file = new URL(`node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(file, "utf8")).version}`;
}

const CALL_AUTOMATION = packageName("@azure/communication-call-automation");

/** The service has no plain address: what is done over one is not counted. */
const PLAIN_HTTP = "plain HTTP";

/** The ways in which an application shows who it is. */
const WAYS_IN = {
  "access key": (emulator, options) =>
    new CallAutomationClient(emulator.https, new AzureKeyCredential(KEY), options),
  "connection string": (emulator, options) =>
    new CallAutomationClient(`endpoint=${emulator.https}/;accesskey=${KEY}`, options),
  Entra: (emulator, options) => new CallAutomationClient(emulator.https, entraCredential(emulator), options),
  [PLAIN_HTTP]: (emulator, options) =>
    new CallAutomationClient(`endpoint=${emulator.http}/;accesskey=${KEY}`, {
      ...options,
      allowInsecureConnection: true,
    }),
};

export function entraCredential(emulator, secret = SECRET) {
  return new ClientSecretCredential(TENANT, APP, secret, {
    authorityHost: emulator.https,
    disableInstanceDiscovery: true,
  });
}

/** Runs the cases once for each way in, each time with an emulator of its own. */
export function withEveryWayIn(cases) {
  for (const [way, open] of Object.entries(WAYS_IN)) {
    describe(`${CALL_AUTOMATION}, ${way}`, () => cases(...setUp(new Stage(`${CALL_AUTOMATION}, ${way}`, open))));
  }
}

/** Runs the cases with the access key; `way` is how another client of the cases comes in. */
export function withAccessKey(cases, client = CALL_AUTOMATION, way = "access key") {
  const name = `${client}, ${way}`;
  describe(name, () => cases(...setUp(new Stage(name, WAYS_IN["access key"]))));
}

/** The same on a stepped clock: nothing happens until `advance`, so that no case waits. Nothing is tried again. */
export function withSteppedClock(cases) {
  const name = `${CALL_AUTOMATION}, access key`;
  const once = (emulator, options, credential = new AzureKeyCredential(KEY)) =>
    new CallAutomationClient(emulator.https, credential, { ...options, retryOptions: { maxRetries: 0 } });
  describe(name, () => cases(...setUp(new Stage(name, once, ["--strict", "--clock", "stepped"]))));
}

/** Runs the cases of a client that makes no calls. */
export function withEmulator(name, cases, flags) {
  describe(name, () => cases(...setUp(new Stage(name, () => undefined, flags))));
}

/** The same in shapes of the emulator's own, which are not counted: plain HTTP for callbacks. */
export function withOwnShapes(name, cases) {
  describe(name, () => cases(...setUp(new Stage(name, () => undefined, []))));
}

/** The stage's own `test`, which writes down what a case requested (under `row`), and the stage. */
function setUp(stage) {
  before(() => stage.open());
  after(() => stage.close());
  const test = (name, body, row = name) =>
    nodeTest(name, async () => {
      await stage.begin();
      try {
        await body();
      } finally {
        await stage.end(row);
      }
      assert.deepEqual(stage.faults(), []);
    });
  return [test, stage];
}

class Stage {
  #answerFaults = [];

  constructor(name, openClient, flags = ["--strict"]) {
    this.name = name;
    this.flags = flags;
    this.isCounted = flags.includes("--strict") && !name.endsWith(`, ${PLAIN_HTTP}`);
    this.openClient = openClient;
  }

  async open() {
    this.emulator = await Emulator.start({ flags: this.flags });
    this.receiver = await Receiver.open(this.emulator);
    await this.control("POST", "/event-subscriptions", { endpoint: this.receiver.eventsUrl });
  }

  async close() {
    await this.receiver.close();
    await this.emulator.stop();
  }

  async begin() {
    this.#answerFaults = [];
    await this.control("DELETE", "/faults");
    this.receiver.begin();
    this.client = this.openClient(this.emulator, this.options());
    this.firstRequest = await this.emulator.lastRequest();
  }

  async end(name) {
    for (const { operation, status } of await this.emulator.requestsAfter(this.firstRequest)) {
      if (status !== undefined && this.isCounted) writeDown({ operation, case: name, status, client: this.name });
    }
    for (const phone of await this.control("GET", "/pstn-calls?live=true")) {
      await this.control("POST", `/pstn-calls/${phone.id}/hang-up`);
    }
  }

  faults() {
    return [...this.#answerFaults, ...this.receiver.faults];
  }

  /** Options of a client whose answers are watched: a public option of the SDK, which stays as it is. */
  options() {
    const watch = async (request, next) => {
      const response = await next(request);
      const { status, headers, bodyAsText } = response;
      const type = headers.get("content-type");
      this.#answerFaults.push(...faultsOfAnswer(request.method, request.url, status, type, bodyAsText ?? ""));
      return response;
    };
    return { additionalPolicies: [{ policy: { name: "watch", sendRequest: watch }, position: "perRetry" }] };
  }

  control(method, path, body) {
    return this.emulator.control(method, path, body);
  }

  fault(kind, more = {}) {
    return this.control("POST", "/faults", { kind, ...more });
  }

  next(kind, wanted) {
    return this.receiver.next(kind, wanted);
  }

  phone(id) {
    return this.control("GET", `/pstn-calls/${id}`);
  }

  phoneBehaves(number, behaviour) {
    return this.control("PUT", `/phones/${number}/behaviour`, { behaviour });
  }

  agentBehaves(behaviour, agent = AGENT) {
    return this.control("PUT", `/teams-users/${agent}/behaviour`, { behaviour });
  }

  /** The next event of Event Grid of this kind. */
  event(kind, wanted = () => true) {
    const type = `Microsoft.Communication.${kind}`;
    return this.receiver.incoming.take(kind, (event) => event.eventType === type && wanted(event));
  }

  /** A customer dials the resource account's number. */
  async ring(script = [], from = CALLER) {
    const phone = await this.control("POST", "/pstn-calls", { from, to: NUMBER, script });
    const event = await this.event("IncomingCall", ({ data }) => data.from.rawId === `4:${from}`);
    return { phone: phone.id, context: event.data.incomingCallContext, event };
  }

  /** ... and is answered. */
  async connect({ script, from, ...options } = {}) {
    const { phone, context } = await this.ring(script, from);
    const answered = await this.client.answerCall(context, this.receiver.callbackUrl, {
      callIntelligenceOptions: COGNITIVE,
      ...options,
    });
    const id = answered.callConnectionProperties.callConnectionId;
    await this.next("CallConnected", (event) => event.callConnectionId === id);
    await this.next("ParticipantsUpdated", (event) => event.callConnectionId === id);
    return { phone, id, call: answered.callConnection, media: answered.callConnection.getCallMedia() };
  }

  /** ... and an agent is added. */
  async connectWithAgent(options) {
    const connected = await this.connect(options);
    await this.agentBehaves({ do: "answer", after_ms: 50 });
    await connected.call.addParticipant({ targetParticipant: extensionUser() });
    await this.next("AddParticipantSucceeded");
    await this.next("ParticipantsUpdated", (event) => event.participants.length === 2);
    return connected;
  }

  /** The operation is refused with this status and this code of the service. */
  async refused(status, code, operation) {
    await assert.rejects(operation, (error) => {
      assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
      return true;
    });
  }

  async names(call) {
    const listed = await call.listParticipants();
    return listed.values.map((participant) => rawId(participant.identifier)).sort();
  }
}

/** The raw id of what the SDK made of an identifier. */
export function rawId(identifier) {
  return identifier.rawId ?? identifier.communicationUserId ?? identifier.id;
}
