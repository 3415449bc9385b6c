// Recordings: start, state, pause, resume, stop; the file, its metadata and its deletion.

import assert from "node:assert/strict";
import dns from "node:dns";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";

import { NUMBER } from "./emulator.js";
import { CALLER_IDENTIFIER, extensionUser, withEveryWayIn } from "./stage.js";

/** What a line in the hosts file does: the storage host is this machine. The SDK fetches from no other. */
const resolve = dns.lookup;
dns.lookup = (host, ...more) => resolve(host.endsWith(".asm.skype.com") ? "127.0.0.1" : host, ...more);

const AUDIO = { recordingContent: "audio", recordingChannel: "mixed", recordingFormat: "wav" };

withEveryWayIn((test, stage) => {
  const start = (callConnectionId, options = {}) =>
    stage.client.getCallRecording().start({
      callConnectionId,
      recordingStateCallbackEndpointUrl: stage.receiver.callbackUrl,
      ...AUDIO,
      ...options,
    });

  const changed = async (recordingId, state) => {
    const event = await stage.next("RecordingStateChanged");
    assert.deepEqual([event.recordingId, event.state], [recordingId, state]);
    assert.equal(event.recordingKind, "azureCommunicationServices");
    return event;
  };

  /** What Event Grid tells of the file of a recording. */
  const file = async (recordingId) => {
    const { data } = await stage.event("RecordingFileStatusUpdated", ({ subject }) => subject.endsWith(recordingId));
    return { data, chunk: data.recordingStorageInfo.recordingChunks[0] };
  };

  test("a recording is started, paused, resumed and stopped", async () => {
    const { id } = await stage.connect();
    const recording = stage.client.getCallRecording();
    const started = await start(id);
    assert.deepEqual([started.recordingState, started.recordingKind], ["active", "azureCommunicationServices"]);
    const event = await changed(started.recordingId, "active");
    assert.ok(Date.parse(event.startDateTime) > 0);
    assert.deepEqual(await recording.getState(started.recordingId), started);
    await stage.refused(400, "8573", () => recording.resume(started.recordingId));
    await recording.pause(started.recordingId);
    await changed(started.recordingId, "inactive");
    assert.equal((await recording.getState(started.recordingId)).recordingState, "inactive");
    await stage.refused(400, "8573", () => recording.pause(started.recordingId));
    await recording.resume(started.recordingId);
    await changed(started.recordingId, "active");
    await stage.refused(400, "8553", () => start(id));
    await recording.stop(started.recordingId);
    await changed(started.recordingId, "inactive");
    for (const gone of ["getState", "stop", "pause", "resume"]) {
      await stage.refused(404, "8522", () => recording[gone](started.recordingId));
    }
  });

  test("the file of a recording is fetched whole and in part, and deleted", async () => {
    const { id } = await stage.connect();
    const recording = stage.client.getCallRecording();
    const { recordingId } = await start(id);
    await changed(recordingId, "active");
    await recording.pause(recordingId);
    await changed(recordingId, "inactive");
    await recording.stop(recordingId);
    const { data, chunk } = await file(recordingId);
    const whole = await buffer(await recording.downloadStreaming(chunk.contentLocation));
    assert.equal(whole.subarray(0, 4).toString() + whole.subarray(8, 12).toString(), "RIFFWAVE");
    assert.equal((whole.length - 44) / 32, data.recordingDurationMs);
    const part = await recording.downloadStreaming(chunk.contentLocation, { offset: 4, length: 8 });
    assert.deepEqual(await buffer(part), whole.subarray(4, 12));
    const rest = new PassThrough();
    const read = buffer(rest);
    await recording.downloadToStream(chunk.contentLocation, rest, { offset: 44 });
    assert.deepEqual(await read, whole.subarray(44));
    const metadata = JSON.parse(await buffer(await recording.downloadStreaming(chunk.metadataLocation)));
    assert.equal(metadata.pauseResumeIntervals.length, 1);
    const directory = await mkdtemp(join(tmpdir(), "tandem-recording-"));
    await recording.downloadToPath(chunk.contentLocation, join(directory, "call.wav"));
    assert.deepEqual(await readFile(join(directory, "call.wav")), whole);
    await rm(directory, { recursive: true });
    await recording.delete(chunk.deleteLocation);
    const isGone = (error) => error.status === 404 && error.message !== undefined;
    await assert.rejects(() => recording.downloadStreaming(chunk.contentLocation), isGone);
    await assert.rejects(() => recording.delete(chunk.deleteLocation), isGone);
  });

  test("a recording that starts paused is resumed", async () => {
    const { id } = await stage.connect();
    const { recordingId, recordingState } = await start(id, { pauseOnStart: true });
    assert.equal(recordingState, "inactive");
    await stage.client.getCallRecording().resume(recordingId);
    await stage.next("RecordingStateChanged", (event) => event.state === "active");
  });

  test("an unmixed recording keeps the channels that were asked for", async () => {
    const { id } = await stage.connectWithAgent();
    const channelAffinity = [
      { channel: 1, targetParticipant: CALLER_IDENTIFIER },
      { channel: 0, targetParticipant: extensionUser() },
    ];
    const { recordingId } = await start(id, { recordingChannel: "unmixed", channelAffinity });
    await changed(recordingId, "active");
    await stage.client.getCallRecording().stop(recordingId);
    const { data, chunk } = await file(recordingId);
    assert.equal(data.recordingChannelType, "Unmixed");
    const stream = await stage.client.getCallRecording().downloadStreaming(chunk.contentLocation);
    assert.equal((await buffer(stream)).readUInt16LE(22), 2);
  });

  test("a recording that Teams Phone extensibility does not have is refused", async () => {
    const { id, call } = await stage.connect();
    const { serverCallId } = await call.getCallConnectionProperties();
    const callLocator = { kind: "serverCallLocator", id: serverCallId };
    await stage.refused(400, "8523", () => start(id, { recordingContent: "audioVideo", recordingFormat: "mp4" }));
    await stage.refused(400, "8523", () => start(id, { recordingFormat: "mp3" }));
    await stage.refused(400, "8523", () => start(undefined, { callLocator }));
    await stage.refused(400, "8523", () =>
      stage.client.getCallRecording().start({ callConnectionId: id }),
    );
    await stage.refused(404, "8522", () => start("nowhere"));
  });

  test("a recording that fails says so", async () => {
    const { id } = await stage.connect();
    await stage.fault("start_recording_failed", { sub_code: 8571 });
    const { recordingId } = await start(id);
    const failed = await stage.next("StartRecordingFailed");
    assert.deepEqual([failed.recordingId, failed.resultInformation.subCode], [recordingId, 8571]);
  });

  test("what is not built says so", async () => {
    const { callConnectionProperties } = await stage.client.createCall(
      { targetParticipant: { phoneNumber: "+12065550146" }, sourceCallIdNumber: { phoneNumber: NUMBER } },
      stage.receiver.callbackUrl,
    );
    await stage.next("CallConnected");
    await stage.refused(501, "8520", () =>
      stage.client.getCallRecording().start({ callConnectionId: callConnectionProperties.callConnectionId }),
    );
  });
});
