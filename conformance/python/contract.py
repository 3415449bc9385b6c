"""The contract of Call Automation as Microsoft's own SDK has it (conformance/contract), and a check of every answer and
every callback against it: statuses, members, types and the words of enumerations.

conformance/javascript/contract.js does the same for the JavaScript clients.
"""

import datetime
import json
import os
import re

from azure.core.pipeline.policies import SansIOHTTPPolicy

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "contract")
PREFIX = "Microsoft.Communication."

# What every recorded envelope of a callback has beside its data.
ENVELOPE = ("id", "source", "subject", "type", "time", "specversion", "datacontenttype", "data")
# No contract names these two, but every recording has them.
RECORDED = ("version", "publicEventType")

# Members that say something only when there is something to say. All others are in every callback.
OMITTED_WHEN_UNSET = {
    "operationContext": lambda data, kind: True,
    "dtmfResult": lambda data, kind: data.get("recognitionType") != "dtmf",
    "choiceResult": lambda data, kind: data.get("recognitionType") != "choices",
    "speechResult": lambda data, kind: data.get("recognitionType") != "speech",
    # Only a prompt that failed has a place in the list of prompts.
    "failedPlaySourceIndex": lambda data, kind: kind == "RecognizeFailed",
}


def read(name):
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return json.load(file)


CONTRACT = read("callautomation-2026-03-12.json")
EVENT_KINDS = {name.removeprefix(PREFIX): model for name, model in CONTRACT["x-callback-events"].items()}


class Operation:
    """An operation of the contract: where it is, what it takes, and what it answers."""

    def __init__(self, template, method, description):
        self.name = description["operationId"]
        self.template = template
        self.method = method.upper()
        self.pattern = re.compile("^" + re.sub(r"\{[^}]+\}", "[^/:]+", template) + "$")
        self.responses = description["responses"]
        self.successes = [int(status) for status in self.responses if status.isdigit()]
        parameters = description["parameters"]
        body = next((one for one in parameters if one["in"] == "body"), None)
        self.body = resolve(body["schema"]) if body else None
        # Two operations have no body that they need, and a model all the same.
        self.required = sorted(self.body.get("required", ())) if self.body else []
        headers = {one["name"] for one in parameters if one["in"] == "header"}
        self.is_repeatable = "Repeatability-Request-ID" in headers
        self.is_of_call = "{callConnectionId}" in template
        self.is_of_recording = "{recordingId}" in template

    def schema(self, status):
        """The response's, or that of errors; `None` for a status that the contract does not have."""
        return self.responses.get(str(status)) or (self.responses["default"] if status >= 400 else None)


def resolve(schema):
    reference = schema.get("$ref")
    return CONTRACT["definitions"][reference.removeprefix("#/definitions/")] if reference else schema


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(template, method, description)
        for template, methods in CONTRACT["paths"].items()
        for method, description in methods.items()
    )
}


class Watch(SansIOHTTPPolicy):
    """A policy that holds every answer a client gets against the contract, before any of it is tried again."""

    def __init__(self):
        self.faults = []

    def on_response(self, request, response):
        answer = response.http_response
        path = "/" + request.http_request.url.split("://", 1)[1].split("/", 1)[1].split("?")[0]
        if not path.startswith("/calling/"):
            return
        content_type = answer.headers.get("Content-Type") or ""
        text = answer.text()
        self.faults += faults_of_answer(request.http_request.method, path, answer.status_code, content_type, text)


def faults_of_answer(method, path, status, content_type, text):
    """What is wrong with the answer to a request of Call Automation."""
    operation = next((one for one in OPERATIONS.values() if one.method == method and one.pattern.match(path)), None)
    if operation is None:
        return [f"{method} {path} is no operation"]
    response = operation.schema(status)
    if response is None:
        return [f"{operation.name}: {status} is not in the contract"]
    if "schema" not in response:
        return [] if text == "" else [f"{operation.name}: {status} has a body: {text}"]
    if not content_type.startswith("application/json"):
        return [f"{operation.name}: content-type {content_type}"]
    return faults_of(json.loads(text), response["schema"], operation.name)


def faults_of_callback(envelope):
    """What is wrong with a callback as it came."""
    kind = str(envelope.get("type")).removeprefix(PREFIX)
    if kind not in EVENT_KINDS:
        return [f"{kind} is no event of the contract"]
    faults = missing(envelope, ENVELOPE, kind) + unknown(envelope, ENVELOPE, kind)
    definition = resolve(EVENT_KINDS[kind])
    data = {name: value for name, value in envelope["data"].items() if name not in RECORDED}
    if envelope["data"].get("publicEventType") != envelope["type"]:
        faults.append(f"{kind}: publicEventType {envelope['data'].get('publicEventType')}")
    if envelope["data"].get("version") != CONTRACT["info"]["version"]:
        faults.append(f"{kind}: version {envelope['data'].get('version')}")
    always = [name for name in definition["properties"] if not may_be_omitted(name, data, kind)]
    faults += missing(data, always, kind) + faults_of(data, definition, kind)
    for identifier in identifiers_in(data):
        faults += faults_of_identifier(identifier, kind)
    return faults


def may_be_omitted(name, data, kind):
    return name in OMITTED_WHEN_UNSET and OMITTED_WHEN_UNSET[name](data, kind)


def faults_of_incoming_call(data):
    """What is wrong with the data of IncomingCall, which comes by Event Grid."""
    return faults_of(data, CONTRACT["definitions"]["IncomingCall"], "IncomingCall")


def identifiers_in(data):
    listed = [participant["identifier"] for participant in data.get("participants", ())]
    named = (data.get(name) for name in ("participant", "transferTarget", "transferee"))
    return listed + [identifier for identifier in named if identifier is not None]


def faults_of_identifier(identifier, where):
    """The SDKs make a typed identifier of `kind`, `rawId` and the member of that kind only."""
    kind, raw_id = identifier.get("kind"), identifier.get("rawId")
    if not kind or not raw_id:
        return [f"{where}: an identifier lacks kind or rawId"]
    return [] if kind == "unknown" or kind in identifier else [f"{where}: {raw_id} lacks {kind}"]


def missing(value, names, where):
    return [f"{where} lacks {name}" for name in names if value.get(name) is None]


def unknown(value, names, where):
    return [f"{where} has no {name}" for name in value if name not in names]


def faults_of(value, reference, where):
    """JSON Schema as far as the contract uses it."""
    schema = resolve(reference)
    match schema.get("type"):
        case "object":
            return faults_of_object(value, schema, where)
        case "array":
            if not isinstance(value, list):
                return [f"{where} is no array"]
            return [fault for at, item in enumerate(value) for fault in faults_of(item, schema["items"], f"{where}[{at}]")]
        case "string":
            return faults_of_string(value, schema, where)
        case "integer":
            is_one = isinstance(value, int) and not isinstance(value, bool)
        case "number":
            is_one = isinstance(value, (int, float)) and not isinstance(value, bool)
        case "boolean":
            is_one = isinstance(value, bool)
        case other:
            return [f"{where}: the contract says {other}"]
    return [] if is_one else [f"{where} is no {schema['type']}: {value}"]


def faults_of_object(value, schema, where):
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    properties = schema.get("properties", {})
    faults = missing(value, schema.get("required", ()), where)
    for name, member in value.items():
        known = properties.get(name) or schema.get("additionalProperties")
        if known:
            faults += faults_of(member, known, f"{where}.{name}")
        else:
            faults.append(f"{where} has no {name}")
    return faults


def faults_of_string(value, schema, where):
    if not isinstance(value, str):
        return [f"{where} is no string: {value}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value} is none of {schema['enum']}"]
    if schema.get("format") == "date-time":
        try:
            # Ticks of 100 ns and a Z are more than this reader knows.
            datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value).replace("Z", "+00:00"))
        except ValueError:
            return [f"{where} is no date: {value}"]
    return []
