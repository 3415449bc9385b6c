// The scene of a documented case: people, calls and recordings on a stepped clock, and how each of the 34 operations
// is asked for by Microsoft's client. conformance/python/scene.py is the same for the Python client.

import { createServer } from "node:https";

import { CommunicationIdentityClient } from "@azure/communication-identity";
import { AzureKeyCredential } from "@azure/core-auth";

import { ACCOUNT, AGENT, CALLER, KEY, NUMBER, RESOURCE, TENANT } from "./emulator.js";
import { COGNITIVE, say } from "./stage.js";

export const SOMEBODY = "+12065550171";
export const SOMEBODY_ELSE = "+12065550172";
export const NOBODY = "+12065550173";
/** Nobody listens there. */
export const GONE = { kind: "fileSource", url: "https://127.0.0.1:1/gone.wav" };
export const PLAIN = "http://127.0.0.1:1/callbacks";
export const DTMF = "callMediaRecognizeDtmfOptions";
export const SPEECH = "callMediaRecognizeSpeechOptions";
export const CHOICES = "callMediaRecognizeChoiceOptions";
const CONTEXT = "asked for";

export function phone(phoneNumber) {
  return { phoneNumber };
}

export function agent({ userId = AGENT, tenantId = TENANT } = {}) {
  return { userId, tenantId, resourceId: RESOURCE };
}

export function mediaStreaming(transportUrl) {
  const mixed = { transportType: "websocket", contentType: "audio", audioChannelType: "mixed" };
  return { mediaStreamingOptions: { transportUrl, ...mixed, startMediaStreaming: false } };
}

export function transcription(transportUrl) {
  const english = { transportType: "websocket", locale: "en-US", startTranscription: false };
  return { transcriptionOptions: { transportUrl, ...english } };
}

/** What an operation is asked with: as it succeeds, but for what a case changes. */
class Ask {
  constructor(scene, changes) {
    this.client = scene.client;
    this.callId = scene.callId;
    this.fromCall = scene.fromCall;
    this.context = scene.context;
    this.recording = scene.recording;
    this.invitation = "nothing";
    this.callbacks = scene.callbacks;
    this.locator = { kind: "serverCallLocator", id: scene.serverCall };
    this.recorded = { callConnectionId: scene.callId };
    // Who is there, and who shall come.
    this.target = phone(CALLER);
    this.newcomer = phone(SOMEBODY);
    /** What an invitation says beside whom. */
    this.invite = {};
    this.source = say("Hello");
    this.input = DTMF;
    this.tones = ["one", "pound"];
    this.options = {};
    Object.assign(this, changes);
  }

  get call() {
    return this.client.getCallConnection(this.callId);
  }

  get media() {
    return this.call.getCallMedia();
  }

  get recordings() {
    return this.client.getCallRecording();
  }

  get invited() {
    return { targetParticipant: this.newcomer, ...this.invite };
  }

  /** What every operation takes that has events of its own. */
  get told() {
    return { operationContext: CONTEXT, ...this.options };
  }

  get outbound() {
    return { teamsAppSource: { teamsAppId: ACCOUNT }, ...this.told };
  }

  get recognition() {
    const choices = this.input === CHOICES ? { choices: [] } : {};
    return { kind: this.input, maxTonesToCollect: 2, ...choices, ...this.told };
  }

  get kind() {
    const sound = { recordingContent: "audio", recordingChannel: "mixed", recordingFormat: "wav" };
    return { ...sound, ...this.recorded, recordingStateCallbackEndpointUrl: this.callbacks, ...this.options };
  }
}

export const ASKED = {
  CreateCall: (it) => it.client.createCall(it.invited, it.callbacks, it.outbound),
  AnswerCall: (it) => it.client.answerCall(it.context, it.callbacks, it.told),
  RedirectCall: (it) => it.client.redirectCall(it.context, it.invited),
  RejectCall: (it) => it.client.rejectCall(it.context, { callRejectReason: "busy" }),
  Connect: (it) => it.client.connectCall(it.locator, it.callbacks, it.told),
  CallConnection_GetCall: (it) => it.call.getCallConnectionProperties(),
  CallConnection_HangupCall: (it) => it.call.hangUp(false),
  CallConnection_TerminateCall: (it) => it.call.hangUp(true),
  CallConnection_TransferToParticipant: (it) =>
    it.call.transferCallToParticipant(it.newcomer, { transferee: it.target, ...it.told }),
  CallConnection_GetParticipants: (it) => it.call.listParticipants(),
  CallConnection_AddParticipant: (it) => it.call.addParticipant(it.invited, it.told),
  CallConnection_RemoveParticipant: (it) => it.call.removeParticipant(it.target, it.told),
  CallConnection_Mute: (it) => it.call.muteParticipant(it.target, it.told),
  CallConnection_CancelAddParticipant: (it) => it.call.cancelAddParticipantOperation(it.invitation, it.told),
  CallConnection_MoveParticipants: (it) => it.call.moveParticipants([it.target], it.fromCall, it.told),
  CallConnection_GetParticipant: (it) => it.call.getParticipant(it.target),
  CallMedia_Play: (it) => it.media.play([it.source], [it.target], it.told),
  CallMedia_StartTranscription: (it) => it.media.startTranscription({ locale: "en-GB", ...it.told }),
  CallMedia_StopTranscription: (it) => it.media.stopTranscription(it.told),
  CallMedia_UpdateTranscription: (it) => it.media.updateTranscription(it.options.locale ?? "de-DE", it.told),
  CallMedia_CancelAllMediaOperations: (it) => it.media.cancelAllOperations(),
  CallMedia_Recognize: (it) => it.media.startRecognizing(it.target, it.recognition),
  CallMedia_StartContinuousDtmfRecognition: (it) => it.media.startContinuousDtmfRecognition(it.target, it.told),
  CallMedia_StopContinuousDtmfRecognition: (it) => it.media.stopContinuousDtmfRecognition(it.target, it.told),
  CallMedia_SendDtmfTones: (it) => it.media.sendDtmfTones(it.tones, it.target, it.told),
  CallMedia_Hold: (it) => it.media.hold(it.target, { playSource: it.source, ...it.told }),
  CallMedia_Unhold: (it) => it.media.unhold(it.target, it.told),
  CallMedia_StartMediaStreaming: (it) => it.media.startMediaStreaming(it.told),
  CallMedia_StopMediaStreaming: (it) => it.media.stopMediaStreaming(it.told),
  CallRecording_StartRecording: (it) => it.recordings.start(it.kind),
  CallRecording_GetRecordingProperties: (it) => it.recordings.getState(it.recording),
  CallRecording_StopRecording: (it) => it.recordings.stop(it.recording),
  CallRecording_PauseRecording: (it) => it.recordings.pause(it.recording),
  CallRecording_ResumeRecording: (it) => it.recordings.resume(it.recording),
};

export class Scene {
  #change;
  #closing = [];

  /** Until a case makes them, there are none. */
  constructor(stage, socketUrl) {
    this.stage = stage;
    this.socketUrl = socketUrl;
    this.callbacks = stage.receiver.callbackUrl;
    this.callId = this.fromCall = this.context = this.recording = "nothing";
    this.serverCall = "bm90aGluZw==";
    this.client = this.as(new AzureKeyCredential(KEY));
  }

  static async open(stage, socketUrl) {
    const scene = new Scene(stage, socketUrl);
    await scene.behaves(SOMEBODY, "answer");
    await scene.userBehaves("answer");
    return scene;
  }

  async close() {
    this.#change = undefined;
    for (const one of await this.control("GET", "/calls")) {
      if (one.callback_uri !== this.callbacks || one.state === "disconnected") continue;
      // It may have ended with another connection to the same call.
      await this.stage.client.getCallConnection(one.call_connection_id).hangUp(true).catch(unlessGone);
    }
    for (const close of this.#closing) await close();
  }

  /** A client of this credential, whose requests `changes` may change before they are signed. */
  as(credential) {
    const options = this.stage.options();
    const sendRequest = (request, next) => {
      this.#change?.(request);
      return next(request);
    };
    options.additionalPolicies.push({ policy: { name: "change", sendRequest }, position: "perCall" });
    return this.stage.openClient(this.stage.emulator, options, credential);
  }

  changes(change) {
    this.#change = change;
  }

  /** What the client sends is another body than it made. */
  changesBody(change) {
    this.#change = (request) => {
      const body = JSON.parse(request.body);
      change(body);
      request.body = JSON.stringify(body);
    };
  }

  ask(operation, changes = {}) {
    return ASKED[operation](new Ask(this, changes));
  }

  /** The same, to be tried later. */
  asking(operation, changes) {
    return () => this.ask(operation, changes);
  }

  control(method, path, body) {
    return this.stage.control(method, path, body);
  }

  advance(ms) {
    return this.control("POST", "/clock/advance", { ms });
  }

  next(kind) {
    return this.stage.next(kind);
  }

  fault(kind, more) {
    return this.stage.fault(kind, more);
  }

  behaves(number, does) {
    return this.stage.phoneBehaves(number, habit(does));
  }

  userBehaves(does, { userId = AGENT, hasTeamsPhone = true } = {}) {
    const set = { behaviour: habit(does), teams_phone: hasTeamsPhone };
    return this.control("PUT", `/teams-users/${userId}/behaviour`, set);
  }

  async ring(script, number = CALLER) {
    Object.assign(this, await this.stage.ring(script, number));
  }

  /** A customer calls and is answered. */
  async connect({ script, number, ...options } = {}) {
    await this.ring(script, number);
    const own = { callIntelligenceOptions: COGNITIVE, ...options };
    const answered = await this.stage.client.answerCall(this.context, this.callbacks, own);
    await this.advance(100);
    await this.next("CallConnected");
    await this.next("ParticipantsUpdated");
    this.callId = answered.callConnectionProperties.callConnectionId;
    this.serverCall = answered.callConnectionProperties.serverCallId;
  }

  connectStreams() {
    return this.connect({ ...mediaStreaming(this.socketUrl), ...transcription(this.socketUrl) });
  }

  async connectWithAgent() {
    await this.connect();
    await this.ask("CallConnection_AddParticipant", { newcomer: agent() });
    await this.advance(100);
    await this.next("AddParticipantSucceeded");
    await this.next("ParticipantsUpdated");
  }

  /** Somebody's call, out of which others may be moved, and another one. */
  async connectTwoCalls() {
    await this.connect();
    this.fromCall = this.callId;
    await this.connect({ number: SOMEBODY_ELSE });
  }

  /** An application's call with two users of the communication resource. */
  async callUsers() {
    const identity = new CommunicationIdentityClient(this.stage.emulator.https, new AzureKeyCredential(KEY));
    const users = [await identity.createUser(), await identity.createUser()];
    const created = await this.client.createCall({ targetParticipant: users[0] }, this.callbacks);
    this.callId = created.callConnectionProperties.callConnectionId;
    await this.advance(2000);
    await this.next("CallConnected");
    await created.callConnection.addParticipant({ targetParticipant: users[1] });
    await this.advance(2000);
    await this.next("AddParticipantSucceeded");
    await this.next("ParticipantsUpdated");
    return users;
  }

  async record() {
    await this.connect();
    this.recording = (await this.ask("CallRecording_StartRecording")).recordingId;
    await this.next("RecordingStateChanged");
  }

  /** Is done when the case is over. */
  afterwards(deed) {
    this.#closing.push(deed);
  }

  /** The address of a file that the application serves. */
  async serve(content) {
    const server = createServer(await this.stage.emulator.applicationTls(), (_, response) => response.end(content));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    this.afterwards(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    return `https://127.0.0.1:${server.address().port}/prompt.wav`;
  }
}

export const SOURCE_OF_A_PHONE = { teamsAppSource: undefined, invite: { sourceCallIdNumber: phone(NUMBER) } };

function habit(does) {
  if (typeof does !== "string") return does;
  return does === "no_answer" ? { do: does } : { do: does, after_ms: 50 };
}

function unlessGone(error) {
  if (error.statusCode !== 404) throw error;
}
