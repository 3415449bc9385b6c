// How each condition of conformance/contract/errors.json comes about whose answer is an error. Each returns what is
// then refused. conformance/python/refusals.py is the same for the Python client.

import { randomUUID } from "node:crypto";

import { AzureKeyCredential } from "@azure/core-auth";

import { operationNamed } from "./contract.js";
import { AGENT, CALLER, NUMBER } from "./emulator.js";
import {
  CHOICES,
  NOBODY,
  PLAIN,
  SOMEBODY,
  SOMEBODY_ELSE,
  SOURCE_OF_A_PHONE,
  SPEECH,
  agent,
  mediaStreaming,
  phone,
  transcription,
} from "./scene.js";
import { CALLER_RAW, entraCredential } from "./stage.js";

const ELSEWHERE = "00000000-0000-4000-8000-000000000000";
const GRAPH = "https://graph.microsoft.com/.default";
export const RETRY_AFTER_S = 7;

const asIs = (scene, operation) => scene.asking(operation);

/** The operation, after its body was changed. */
const withBody = (change) => (scene, operation) => {
  scene.changesBody(change);
  return scene.asking(operation);
};

/** The operation, once there is what it is about. */
const once =
  (prepare, changes = {}) =>
  async (scene, operation) => {
    await prepare(scene, operation);
    return scene.asking(operation, changes);
  };

const connected = (scene) => scene.connect();
const withAgent = (scene) => scene.connectWithAgent();
const withStreams = (scene) => scene.connectStreams();
const withTwoCalls = (scene) => scene.connectTwoCalls();
const ringing = (scene) => scene.ring();
const recording = (scene) => scene.record();
const ofCallOrRinging = (scene, operation) =>
  operationNamed(operation).isOfCall ? scene.connect() : scene.ring();

const asStranger = (credential) => (scene, operation) =>
  scene.asking(operation, { client: scene.as(credential(scene)) });

const token = (text) => ({ getToken: async () => ({ token: text, expiresOnTimestamp: Date.now() + 3_600_000 }) });

const withQuery = (query) => (scene, operation) => {
  scene.changes((request) => (request.url = request.url.split("?")[0] + query));
  return scene.asking(operation);
};

const OF_EVERY_OPERATION = {
  "the signature is of another key": asStranger(() => new AzureKeyCredential("b3RoZXI=")),
  "the token is none of Entra's": asStranger(() => token("nothing")),
  "the token is for another service": asStranger(({ stage }) => ({
    getToken: () => entraCredential(stage.emulator).getToken(GRAPH),
  })),
  "there is no api-version": withQuery(""),
  "the api-version is none of the service": withQuery("?api-version=1999-01-01"),
  "there were too many requests": once((scene, operation) =>
    scene.fault("status", { status: 429, retry_after_s: RETRY_AFTER_S, match: { operation } }),
  ),
  "the service fails": once((scene, operation) => scene.fault("status", { status: 500, match: { operation } })),
  "the body is no JSON": (scene, operation) => {
    scene.changes((request) => (request.body = "{"));
    return scene.asking(operation);
  },
  /** All but the last are tried here; that one is left to be refused by whoever counts. */
  "a member that is required is missing": async (scene, operation) => {
    const { isOfCall, required } = operationNamed(operation);
    if (isOfCall) await scene.connect();
    const without = (member) => {
      scene.changesBody((body) => delete body[member]);
      return scene.asking(operation);
    };
    for (const member of required.slice(0, -1)) await scene.stage.refused(400, "8523", without(member));
    return without(required.at(-1));
  },
  "the Repeatability-Request-ID is that of another request": async (scene, operation) => {
    const used = randomUUID();
    scene.changes((request) => request.headers.set("Repeatability-Request-ID", used));
    await scene.ask("CreateCall");
    return scene.asking(operation, { newcomer: phone(SOMEBODY_ELSE) });
  },
};

const OF_CALLS_AND_RECORDINGS = {
  "there is no such call": asIs,
  "the call has ended": once(async (scene) => {
    await scene.connect();
    await scene.ask("CallConnection_TerminateCall");
  }),
  "the call is not established yet": once(async (scene) => {
    await scene.behaves(NOBODY, "no_answer");
    const created = await scene.ask("CreateCall", { newcomer: phone(NOBODY) });
    scene.callId = created.callConnectionProperties.callConnectionId;
  }),
  "the target is not in the call": once(connected, { target: phone(NOBODY) }),
  "nobody in the call has this id": once(connected, { target: phone(NOBODY) }),
  "there is no such recording": asIs,
  "the recording has ended": once(async (scene) => {
    await scene.record();
    await scene.ask("CallRecording_StopRecording");
  }),
};

const OF_ADDRESSES = {
  "the callback address is plain HTTP": once(ringing, { callbacks: PLAIN }),
  "the address of the operation's events is plain HTTP": once(withStreams, {
    options: { operationCallbackUrl: PLAIN },
  }),
  "the address of the recording's events is plain HTTP": once(connected, { callbacks: PLAIN }),
  "the media streaming options name no WebSocket": once(ringing, { options: mediaStreaming("https://127.0.0.1:1/") }),
  "the transcription options have no language": async (scene, operation) => {
    await scene.ring();
    scene.changesBody((body) => delete body.transcriptionOptions.locale);
    return scene.asking(operation, { options: transcription(scene.socketUrl) });
  },
};

const CALLER_NUMBER = { sourceCallIdNumber: phone(NUMBER) };
const SIX_HEADERS = Array.from({ length: 6 }, (_, at) => ({ kind: "sipx", key: `Own${at}`, value: "x" }));

const OF_TARGETS = {
  "there is no target": withBody((body) => (body.targets = [])),
  "a target is named twice": withBody((body) => body.targets.push(body.targets[0])),
  "a caller number stands beside teamsAppSource": once(connected, { invite: CALLER_NUMBER }),
  // A transfer has it among its options, an invitation in itself.
  "a caller number is given in Teams Phone extensibility": once(connected, {
    invite: CALLER_NUMBER,
    options: CALLER_NUMBER,
  }),
  "a phone is called without a caller number": (scene, operation) =>
    scene.asking(operation, { options: { teamsAppSource: undefined } }),
  "teamsAppSource is no resource account of this resource": (scene, operation) =>
    scene.asking(operation, { options: { teamsAppSource: { teamsAppId: ELSEWHERE } } }),
  "the agent is of another tenant": (scene, operation) =>
    scene.asking(operation, { newcomer: agent({ tenantId: ELSEWHERE }) }),
  "a plain Teams user is the target in Teams Phone extensibility": once(ofCallOrRinging, {
    newcomer: { microsoftTeamsUserId: AGENT },
  }),
  "the number is not in E.164 form": once(ofCallOrRinging, { newcomer: phone("12065550171") }),
  "whoever shall come is there already": once(connected, { newcomer: phone(CALLER) }),
  "the custom context has too many headers": once(connected, {
    invite: { customCallingContext: SIX_HEADERS },
    options: { customCallingContext: SIX_HEADERS },
  }),
  "the invitation shall ring for more than 180 seconds": once(connected, {
    options: { invitationTimeoutInSeconds: 181 },
  }),
};

const OF_INCOMING_CALLS = {
  "the context is none of this resource": asIs,
  "the incoming call was handled already": once(async (scene) => {
    await scene.ring();
    await scene.ask("RejectCall");
  }),
  "the caller has gone": once(async (scene) => {
    await scene.ring();
    await scene.control("POST", `/pstn-calls/${scene.phone}/hang-up`);
  }),
  "the target is the caller": once(ringing, { newcomer: phone(CALLER) }),
  "the locator names no call": withBody((body) => delete body.callLocator.serverCallId),
};

const OF_TRANSFERS_AND_MOVES = {
  "a transfer is under way": once(
    async (scene, operation) => {
      await scene.connect();
      await scene.behaves(SOMEBODY, "no_answer");
      await scene.ask(operation);
    },
    { newcomer: phone(SOMEBODY_ELSE) },
  ),
  "nobody is named to leave a group call": once(withAgent, { target: undefined }),
  "the call is of Teams Phone extensibility": once(connected),
  "the target is on a phone": async (scene, operation) => {
    const created = await scene.ask("CreateCall", { ...SOURCE_OF_A_PHONE, options: { teamsAppSource: undefined } });
    scene.callId = created.callConnectionProperties.callConnectionId;
    await scene.advance(100);
    await scene.next("CallConnected");
    return scene.asking(operation, { target: phone(SOMEBODY) });
  },
  "two are to be muted": async (scene, operation) => {
    const [target, other] = await scene.callUsers();
    scene.changesBody((body) => body.targetParticipants.push({ rawId: other.communicationUserId }));
    return scene.asking(operation, { target });
  },
  "there is no call to move from": once(connected),
  "the call to move from is this call": async (scene, operation) => {
    await scene.connect();
    return scene.asking(operation, { fromCall: scene.callId });
  },
  "nobody is named": async (scene, operation) => {
    await withTwoCalls(scene);
    return withBody((body) => (body.targetParticipants = []))(scene, operation);
  },
};

const OF_MEDIA = {
  "a targeted operation runs": once(async (scene) => {
    await scene.connectWithAgent();
    await scene.ask("CallMedia_SendDtmfTones", { tones: Array(18).fill("one") });
  }),
  "a play source lacks what its kind names": async (scene, operation) => {
    await scene.connect();
    return withBody((body) => delete (body.playSources?.[0] ?? body.playSourceInfo).text)(scene, operation);
  },
  "it is for two": async (scene, operation) => {
    await scene.connect();
    return withBody((body) => body.playTo.push(body.playTo[0]))(scene, operation);
  },
  "there is nothing to choose from": once(connected, { input: CHOICES }),
  "the first silence may last more than 300 seconds": once(connected, {
    options: { initialSilenceTimeoutInSeconds: 301 },
  }),
  "the pause between keys may last more than 60 seconds": once(connected, {
    options: { interToneTimeoutInSeconds: 61 },
  }),
  "speech is asked for without cognitive services": once(
    (scene) => scene.connect({ callIntelligenceOptions: undefined }),
    { input: SPEECH },
  ),
  "it was not started": once(connected),
  "there are nineteen tones": once(connected, { tones: Array(19).fill("one") }),
  "there is no tone": once(connected, { tones: [] }),
  "the target is on no phone": once(withAgent, { target: agent() }),
};

const OF_STREAMS = {
  "the call was made without its options": once(connected),
  "it is started already": once(async (scene, operation) => {
    await scene.connectStreams();
    await scene.ask(operation);
  }),
  "it is not started": once(withStreams),
  "the language is none": once(withStreams, { options: { locale: "English, please" } }),
};

const byServerCall = ({ serverCall }) => ({ recorded: { callLocator: { kind: "serverCallLocator", id: serverCall } } });
const again = async (scene, operation) => {
  await scene.record();
  await scene.ask(operation);
};

const OF_RECORDINGS = {
  "no call is named": withBody((body) => delete body.callConnectionId),
  "there is no such server call": (scene, operation) => scene.asking(operation, byServerCall(scene)),
  "the call is recorded already": once(recording),
  "a call of Teams Phone extensibility is named by its server call": async (scene, operation) => {
    await scene.connect();
    return scene.asking(operation, byServerCall(scene));
  },
  "a call of Teams Phone extensibility shall be recorded with pictures": once(connected, {
    options: { recordingContent: "audioVideo", recordingFormat: "mp4" },
  }),
  "a channel is named that there is not": async (scene, operation) => {
    await scene.connect();
    const affinity = [{ channel: 5, participant: { rawId: CALLER_RAW } }];
    return withBody((body) => (body.channelAffinity = affinity))(scene, operation);
  },
  "it is paused already": once(again),
  "it is not paused": once(recording),
};

export const REFUSALS = {
  ...OF_EVERY_OPERATION,
  ...OF_CALLS_AND_RECORDINGS,
  ...OF_ADDRESSES,
  ...OF_TARGETS,
  ...OF_INCOMING_CALLS,
  ...OF_TRANSFERS_AND_MOVES,
  ...OF_MEDIA,
  ...OF_STREAMS,
  ...OF_RECORDINGS,
};
