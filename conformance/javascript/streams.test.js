// Media streaming and transcription: the options of a call, start, stop and change, and every frame that comes.

import assert from "node:assert/strict";

import { createOutboundAudioData, createOutboundStopAudioData } from "@azure/communication-call-automation";

import { CALLER } from "./emulator.js";
import { COGNITIVE, RESOURCE_ACCOUNT, withAccessKey } from "./stage.js";
import { Socket } from "./socket.js";

const UNREACHABLE = "wss://127.0.0.1:1/";

function samples(audio) {
  const data = Buffer.from(audio.data, "base64");
  return Array.from({ length: data.length / 2 }, (_, at) => data.readInt16LE(at * 2));
}

withAccessKey((test, stage) => {
  const withSocket = (name, body) =>
    test(name, async () => {
      const socket = await Socket.open(stage.receiver);
      try {
        await body(socket);
      } finally {
        await socket.close();
      }
    });

  const streaming = (transportUrl, options = {}) => ({
    mediaStreamingOptions: {
      transportUrl,
      transportType: "websocket",
      contentType: "audio",
      audioChannelType: "unmixed",
      startMediaStreaming: false,
      ...options,
    },
  });

  const transcription = (transportUrl, options = {}) => ({
    transcriptionOptions: {
      transportUrl,
      transportType: "websocket",
      locale: "en-US",
      startTranscription: false,
      ...options,
    },
  });

  const update = (event) => Object.values(event.mediaStreamingUpdate ?? event.transcriptionUpdate);

  withSocket("media streaming is started, heard and stopped", async (socket) => {
    const script = [{ do: "say", text: "hello there", after_ms: 1500 }];
    const { call, media, id } = await stage.connect({ script, ...streaming(socket.url, { audioFormat: "pcm24KMono" }) });
    assert.equal((await call.getCallConnectionProperties()).mediaStreamingSubscription.state, "inactive");
    await stage.refused(400, "8585", () => media.stopMediaStreaming());
    await media.startMediaStreaming({ operationContext: "on" });
    const started = await stage.next("MediaStreamingStarted");
    assert.deepEqual([started.operationContext, started.callConnectionId], ["on", id]);
    assert.deepEqual(started.mediaStreamingUpdate, {
      contentType: "Audio",
      mediaStreamingStatus: "mediaStreamingStarted",
      mediaStreamingStatusDetails: "subscriptionStarted",
    });
    const { mediaStreamingSubscription: subscription } = await call.getCallConnectionProperties();
    assert.deepEqual([subscription.state, subscription.subscribedContentTypes], ["active", ["audio"]]);
    const { headers } = await socket.connections.take("connection");
    assert.equal(headers["x-ms-call-connection-id"], id);
    const metadata = await socket.next("AudioMetadata");
    assert.deepEqual(metadata.parsed, { subscriptionId: subscription.id, encoding: "PCM", sampleRate: 24000, channels: 1 });
    assert.equal(metadata.raw.audioMetadata.length, 960);
    const { parsed: silent } = await socket.next("AudioData");
    assert.deepEqual([silent.isSilent, new Set(samples(silent))], [true, new Set([0])]);
    const { parsed: heard } = await socket.next("AudioData", (audio) => !audio.isSilent);
    assert.equal(heard.participant.phoneNumber, CALLER);
    assert.equal(samples(heard).length, 480);
    assert.ok(samples(heard).some((sample) => sample !== 0));
    assert.ok(Date.parse(heard.timestamp) > 0);
    await stage.refused(400, "8585", () => media.startMediaStreaming());
    await media.stopMediaStreaming({ operationContext: "off" });
    const stopped = await stage.next("MediaStreamingStopped");
    assert.equal(stopped.operationContext, "off");
    assert.deepEqual(update(stopped).slice(1), ["mediaStreamingStopped", "subscriptionStopped"]);
  });

  withSocket("audio goes both ways, and pressed keys come with it", async (socket) => {
    const { phone, id } = await stage.connect(
      streaming(socket.url, {
        audioChannelType: "mixed",
        startMediaStreaming: true,
        enableBidirectional: true,
        enableDtmfTones: true,
      }),
    );
    await stage.next("MediaStreamingStarted");
    assert.equal((await socket.next("AudioMetadata")).parsed.sampleRate, 16000);
    const { parsed: mixed } = await socket.next("AudioData");
    assert.equal(mixed.participant, undefined);
    assert.equal(samples(mixed).length, 320);
    await stage.control("POST", `/pstn-calls/${phone}/digits`, { digits: "5" });
    assert.deepEqual((await socket.next("DtmfData")).parsed, { data: "5" });
    const { connection } = await socket.connections.take("connection");
    connection.send(createOutboundAudioData(Buffer.alloc(16000 * 2 * 5, 1).toString("base64")));
    const audio = await shown(socket, id, (said) => said.waiting_ms > 0 && said.heard_ms > 0);
    assert.ok(audio.waiting_ms > 1000);
    assert.equal((await stage.phone(phone)).hears.text, "[audio of the application]");
    connection.send(createOutboundStopAudioData());
    await shown(socket, id, (said) => said.waiting_ms === 0 && said.stops === 1);
  });

  /** What the control API shows of the application's audio, as soon as frames that come show it. */
  async function shown(socket, id, wanted) {
    for (;;) {
      const calls = await stage.control("GET", "/calls");
      const said = calls.find((one) => one.call_connection_id === id).media_streaming?.application_audio;
      if (said && wanted(said)) return said;
      await socket.next("AudioData");
    }
  }

  test("media streaming without options, or to nobody, says so", async () => {
    const bare = await stage.connect();
    await stage.refused(405, "8522", () => bare.media.startMediaStreaming());
    await stage.refused(405, "8522", () => bare.media.stopMediaStreaming());
    const { media } = await stage.connect(streaming(UNREACHABLE));
    await media.startMediaStreaming({ operationContext: "gone" });
    const failed = await stage.next("MediaStreamingFailed");
    assert.equal(failed.operationContext, "gone");
    assert.deepEqual(update(failed).slice(1), ["mediaStreamingFailed", "initialWebSocketConnectionFailed"]);
    await stage.fault("media_streaming_failed");
    await media.startMediaStreaming();
    await stage.next("MediaStreamingFailed");
  });

  withSocket("a stream that breaks off says so and is started again", async (socket) => {
    await stage.fault("stream_breaks_off", { ms: 100 });
    const { media } = await stage.connect(streaming(socket.url, { startMediaStreaming: true }));
    await stage.next("MediaStreamingStarted");
    const failed = await stage.next("MediaStreamingFailed");
    assert.equal(failed.mediaStreamingUpdate.mediaStreamingStatusDetails, "streamConnectionInterrupted");
    await media.startMediaStreaming();
    await stage.next("MediaStreamingStarted");
  });

  withSocket("transcription is started, changed and stopped", async (socket) => {
    const { phone, call, media, id } = await stage.connect(
      transcription(socket.url, { enableIntermediateResults: true }),
    );
    await stage.refused(400, "8585", () => media.updateTranscription("de-DE"));
    await media.startTranscription({ locale: "en-GB", operationContext: "on" });
    const started = await stage.next("TranscriptionStarted");
    assert.equal(started.operationContext, "on");
    assert.deepEqual(started.transcriptionUpdate, {
      transcriptionStatus: "transcriptionStarted",
      transcriptionStatusDetails: "subscriptionStarted",
    });
    const { parsed: metadata } = await socket.next("TranscriptionMetadata");
    assert.deepEqual([metadata.locale, metadata.callConnectionId], ["en-GB", id]);
    assert.equal(metadata.correlationId, (await call.getCallConnectionProperties()).correlationId);
    await stage.control("POST", `/pstn-calls/${phone}/speak`, { text: "Where is it?" });
    const { parsed: half } = await socket.next("TranscriptionData");
    assert.deepEqual([half.resultState, half.text], ["Intermediate", "Where is"]);
    const { parsed: whole } = await socket.next("TranscriptionData");
    assert.deepEqual([whole.resultState, whole.text, whole.format], ["Final", "Where is it?", "display"]);
    assert.equal(whole.participant.phoneNumber, CALLER);
    assert.deepEqual(whole.words.map((word) => word.text), ["where", "is", "it"]);
    assert.ok(whole.words.every((word) => word.durationInTicks > 0 && word.offsetInTicks >= whole.offsetInTicks));
    await media.updateTranscription("de-DE", { operationContext: "german" });
    const updated = await stage.next("TranscriptionUpdated");
    assert.equal(updated.operationContext, "german");
    assert.deepEqual(update(updated), ["transcriptionUpdated", "transcriptionLocaleUpdated"]);
    assert.equal((await call.getCallConnectionProperties()).transcriptionSubscription.locale, "de-DE");
    await stage.refused(400, "8585", () => media.startTranscription({ locale: "en-US" }));
    await media.stopTranscription({ operationContext: "off" });
    const stopped = await stage.next("TranscriptionStopped");
    assert.equal(stopped.operationContext, "off");
    assert.deepEqual(update(stopped), ["transcriptionStopped", "subscriptionStopped"]);
    assert.equal((await call.getCallConnectionProperties()).transcriptionSubscription.state, "inactive");
    await stage.refused(400, "8585", () => media.stopTranscription());
  });

  test("transcription without options, or to nobody, says so", async () => {
    const bare = await stage.connect();
    await stage.refused(405, "8522", () => bare.media.startTranscription({ locale: "en-US" }));
    await stage.refused(405, "8522", () => bare.media.stopTranscription());
    await stage.refused(405, "8522", () => bare.media.updateTranscription("en-US"));
    const { media } = await stage.connect(transcription(UNREACHABLE));
    await media.startTranscription({ locale: "en-US", operationContext: "gone" });
    const failed = await stage.next("TranscriptionFailed");
    assert.equal(failed.operationContext, "gone");
    assert.deepEqual(update(failed), ["transcriptionFailed", "streamConnectionUnsuccessful"]);
  });

  withSocket("a call that is made streams as one that is answered", async (socket) => {
    const { callConnection: call } = await stage.client.createCall(
      { targetParticipant: { phoneNumber: "+12065550123" } },
      stage.receiver.callbackUrl,
      {
        teamsAppSource: RESOURCE_ACCOUNT,
        callIntelligenceOptions: COGNITIVE,
        ...streaming(socket.url, { startMediaStreaming: true }),
      },
    );
    await stage.next("CallConnected");
    await stage.next("MediaStreamingStarted");
    await socket.next("AudioMetadata");
    await call.hangUp(true);
    await stage.next("MediaStreamingStopped");
    await stage.next("CallDisconnected");
  });

  withSocket("a connection to a running call has streams of its own", async (socket) => {
    const { call } = await stage.connect();
    const { serverCallId } = await call.getCallConnectionProperties();
    await stage.client.connectCall({ kind: "serverCallLocator", id: serverCallId }, stage.receiver.callbackUrl, {
      operationContext: "join",
      callIntelligenceOptions: COGNITIVE,
      ...transcription(socket.url, { startTranscription: true }),
    });
    await stage.next("CallConnected", (event) => event.operationContext === "join");
    await stage.next("TranscriptionStarted");
    await socket.next("TranscriptionMetadata");
  });

  test("options that name no WebSocket are refused", async () => {
    const { context } = await stage.ring();
    const answer = (options) => stage.client.answerCall(context, stage.receiver.callbackUrl, options);
    await stage.refused(400, "8523", () => answer(streaming("http://127.0.0.1:1/")));
    await stage.refused(400, "8523", () => answer(transcription("no address")));
  });
});
