// Prompts and hold: play to all and to one, cancel, loops, prompts that cannot be played.

import assert from "node:assert/strict";

import { CALLER_IDENTIFIER, extensionUser, say, withEveryWayIn } from "./stage.js";

const GONE = { kind: "fileSource", url: "https://127.0.0.1:1/gone.wav" };
const result = (event) => [event.resultInformation.code, event.resultInformation.subCode];

withEveryWayIn((test, stage) => {
  const hears = async (phone) => (await stage.phone(phone)).hears.text;

  test("a prompt is played to everybody and to one", async () => {
    const { media, id } = await stage.connect();
    await media.playToAll([say("Hello")], { operationContext: "all" });
    const started = await stage.next("PlayStarted");
    const completed = await stage.next("PlayCompleted");
    for (const event of [started, completed]) {
      assert.deepEqual([event.operationContext, event.callConnectionId], ["all", id]);
    }
    assert.deepEqual(result(completed), [200, 0]);
    await media.play([say("Only you"), say("and once more")], [CALLER_IDENTIFIER], { operationContext: "one" });
    assert.equal((await stage.next("PlayCompleted")).operationContext, "one");
  });

  test("SSML is spoken, and the SDK's own context comes back", async () => {
    const { media } = await stage.connect();
    const ssmlText = '<speak version="1.0" xml:lang="en-US"><voice name="x">Hi</voice></speak>';
    await media.playToAll([{ kind: "ssmlSource", ssmlText }]);
    assert.match((await stage.next("PlayCompleted")).operationContext, /^[0-9a-f-]{36}$/);
  });

  test("a loop ends when it is canceled", async () => {
    const { phone, media } = await stage.connect();
    await media.playToAll([say("Music without an end")], { loop: true, operationContext: "loop" });
    await stage.next("PlayStarted");
    assert.equal(await hears(phone), "Music without an end");
    await media.cancelAllOperations();
    const canceled = await stage.next("PlayCanceled");
    assert.equal(canceled.operationContext, "loop");
    assert.deepEqual(result(canceled), [400, 8508]);
    assert.equal(await hears(phone), null);
  });

  test("a prompt for all interrupts the one that is heard if it says so", async () => {
    const { phone, media } = await stage.connect();
    await media.playToAll([say("Music without an end")], { loop: true, operationContext: "loop" });
    await stage.next("PlayStarted");
    await media.playToAll([say("You are next")], { interruptCallMediaOperation: true, operationContext: "next" });
    assert.equal((await stage.next("PlayCanceled")).operationContext, "loop");
    await stage.next("PlayStarted", (event) => event.operationContext === "next");
    assert.equal(await hears(phone), "You are next");
    await stage.next("PlayCompleted", (event) => event.operationContext === "next");
  });

  test("a prompt that cannot be played says which and why", async () => {
    const { media } = await stage.connect();
    await media.playToAll([say("Hi"), GONE], { operationContext: "gone" });
    const failed = await stage.next("PlayFailed");
    assert.equal(failed.operationContext, "gone");
    assert.deepEqual(result(failed), [400, 8536]);
    assert.equal(failed.failedPlaySourceIndex, 1);
    await stage.fault("play_failed", { sub_code: 8535 });
    await media.playToAll([say("Hi")]);
    assert.equal((await stage.next("PlayFailed")).resultInformation.subCode, 8535);
  });

  test("media of a call that is not there is refused", async () => {
    const nowhere = stage.client.getCallConnection("nowhere").getCallMedia();
    const dtmf = { kind: "callMediaRecognizeDtmfOptions", maxTonesToCollect: 1 };
    const operations = [
      () => nowhere.playToAll([say("Hi")]),
      () => nowhere.startRecognizing(CALLER_IDENTIFIER, dtmf),
      () => nowhere.cancelAllOperations(),
      () => nowhere.startContinuousDtmfRecognition(CALLER_IDENTIFIER),
      () => nowhere.stopContinuousDtmfRecognition(CALLER_IDENTIFIER),
      () => nowhere.sendDtmfTones(["one"], CALLER_IDENTIFIER),
      () => nowhere.hold(CALLER_IDENTIFIER),
      () => nowhere.unhold(CALLER_IDENTIFIER),
      () => nowhere.startTranscription({ locale: "en-US" }),
      () => nowhere.updateTranscription("en-US"),
      () => nowhere.stopTranscription(),
      () => nowhere.startMediaStreaming(),
      () => nowhere.stopMediaStreaming(),
    ];
    for (const operation of operations) await stage.refused(404, "8522", operation);
  });

  test("a prompt for somebody who is not in the call or for two is refused", async () => {
    const { media } = await stage.connect();
    await stage.refused(404, "8558", () => media.play([say("Hi")], [extensionUser()]));
    await stage.refused(400, "8523", () => media.play([say("Hi")], [CALLER_IDENTIFIER, extensionUser()]));
    await stage.refused(400, "8523", () => media.playToAll([]));
  });

  test("a targeted prompt excludes other targeted media but not a prompt for all", async () => {
    const { media } = await stage.connect();
    await media.play([say("Only you")], [CALLER_IDENTIFIER], { loop: true });
    await stage.next("PlayStarted");
    await stage.refused(412, "8583", () => media.play([say("x")], [CALLER_IDENTIFIER]));
    await stage.refused(412, "8583", () => media.sendDtmfTones(["one"], CALLER_IDENTIFIER));
    await stage.refused(412, "8583", () => media.startContinuousDtmfRecognition(CALLER_IDENTIFIER));
    await media.playToAll([say("All")], { operationContext: "all" });
    await stage.next("PlayStarted", (event) => event.operationContext === "all");
    await media.cancelAllOperations();
    await stage.next("PlayCanceled");
  });

  test("in a group a targeted prompt excludes recognition", async () => {
    const { media } = await stage.connectWithAgent();
    await media.play([say("Only you")], [CALLER_IDENTIFIER], { loop: true });
    await stage.next("PlayStarted");
    const dtmf = { kind: "callMediaRecognizeDtmfOptions", maxTonesToCollect: 1 };
    await stage.refused(412, "8583", () => media.startRecognizing(CALLER_IDENTIFIER, dtmf));
    await media.cancelAllOperations();
    await stage.next("PlayCanceled");
  });

  test("a customer is held with music and taken back", async () => {
    const { phone, call, media } = await stage.connectWithAgent();
    await media.hold(CALLER_IDENTIFIER, { playSource: say("Soft music"), operationContext: "hold" });
    const held = await stage.next("ParticipantsUpdated", (event) => event.participants.some((one) => one.isOnHold));
    assert.deepEqual(
      held.participants.filter((one) => one.isOnHold).map((one) => one.identifier.phoneNumber),
      [CALLER_IDENTIFIER.phoneNumber],
    );
    assert.equal((await call.getParticipant(CALLER_IDENTIFIER)).isOnHold, true);
    assert.equal(await hears(phone), "Soft music");
    await media.unhold(CALLER_IDENTIFIER, { operationContext: "back" });
    await stage.next("ParticipantsUpdated", (event) => event.participants.every((one) => !one.isOnHold));
    assert.equal((await call.getParticipant(CALLER_IDENTIFIER)).isOnHold, false);
  });

  test("a hold that fails says so, and nobody else is held", async () => {
    const { call, media } = await stage.connect();
    await stage.fault("hold_failed", { sub_code: 8500 });
    await media.hold(CALLER_IDENTIFIER, { operationContext: "failing" });
    const failed = await stage.next("HoldFailed");
    assert.deepEqual([failed.operationContext, failed.resultInformation.subCode], ["failing", 8500]);
    assert.equal((await call.getParticipant(CALLER_IDENTIFIER)).isOnHold, false);
    await stage.refused(404, "8558", () => media.hold(extensionUser()));
    await stage.refused(404, "8558", () => media.unhold(extensionUser()));
  });

  test("events of a prompt and of a hold go where the operation says", async () => {
    const { media } = await stage.connect();
    const operationCallbackUrl = stage.receiver.otherCallbackUrl;
    await media.playToAll([say("Hi")], { operationCallbackUrl, operationContext: "elsewhere" });
    assert.equal((await stage.receiver.nextElsewhere("PlayCompleted")).operationContext, "elsewhere");
    await stage.fault("hold_failed");
    await media.hold(CALLER_IDENTIFIER, { operationCallbackUrl });
    await stage.receiver.nextElsewhere("HoldFailed");
  });
});
