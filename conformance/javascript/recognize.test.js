// What callers press and say: recognition of digits, speech and choices; single keys; keys that are sent.

import assert from "node:assert/strict";

import { DtmfTone } from "@azure/communication-call-automation";

import { CALLER_IDENTIFIER, extensionUser, say, withEveryWayIn } from "./stage.js";

const DTMF = "callMediaRecognizeDtmfOptions";
const SPEECH = "callMediaRecognizeSpeechOptions";
const EITHER = "callMediaRecognizeSpeechOrDtmfOptions";
const CHOICES = "callMediaRecognizeChoiceOptions";
const result = (event) => [event.resultInformation.code, event.resultInformation.subCode];
const digits = (keys) => ({ do: "digits", keys, after_ms: 50 });
const speak = (text) => ({ do: "speak", text, after_ms: 50 });

withEveryWayIn((test, stage) => {
  const recognize = (media, kind, options) =>
    media.startRecognizing(CALLER_IDENTIFIER, { kind, operationContext: kind, ...options });

  const completed = async (kind) => {
    const event = await stage.next("RecognizeCompleted");
    assert.equal(event.operationContext, kind);
    return event;
  };

  test("digits are recognized up to their number or their stop tone", async () => {
    const { media } = await stage.connect({ script: [digits("42"), digits("7#")] });
    await recognize(media, DTMF, { playPrompt: say("Code"), interruptPrompt: true, maxTonesToCollect: 2 });
    const full = await completed(DTMF);
    assert.equal(full.recognitionType, "dtmf");
    assert.deepEqual(full.dtmfResult.tones, ["four", "two"]);
    assert.deepEqual(result(full), [200, 8531]);
    await recognize(media, DTMF, { maxTonesToCollect: 5, stopDtmfTones: [DtmfTone.Pound] });
    const stopped = await completed(DTMF);
    assert.deepEqual(stopped.dtmfResult.tones, ["seven"]);
    assert.deepEqual(result(stopped), [200, 8514]);
  });

  test("speech is recognized, and speech or digits as they come", async () => {
    const script = [speak("a question about my bill"), speak("the second"), digits("12")];
    const { media } = await stage.connect({ script });
    await recognize(media, SPEECH, { playPrompt: say("How can we help?"), speechLanguage: "en-US" });
    const spoken = await completed(SPEECH);
    assert.equal(spoken.recognitionType, "speech");
    assert.equal(spoken.speechResult.speech, "a question about my bill");
    assert.equal(typeof spoken.speechResult.confidence, "number");
    assert.deepEqual(result(spoken), [200, 8569]);
    await recognize(media, EITHER, { maxTonesToCollect: 2 });
    assert.equal((await completed(EITHER)).speechResult.speech, "the second");
    await recognize(media, EITHER, { maxTonesToCollect: 2 });
    assert.deepEqual((await completed(EITHER)).dtmfResult.tones, ["one", "two"]);
  });

  test("a choice is made by voice or by key", async () => {
    const { media } = await stage.connect({ script: [speak("bill"), digits("2")] });
    const choices = [
      { label: "Billing", phrases: ["bill", "invoice"], tone: DtmfTone.One },
      { label: "Sales", phrases: ["buy"], tone: DtmfTone.Two },
    ];
    await recognize(media, CHOICES, { choices, playPrompts: [say("Billing"), say("or sales?")] });
    const voiced = await completed(CHOICES);
    assert.equal(voiced.recognitionType, "choices");
    assert.deepEqual([voiced.choiceResult.label, voiced.choiceResult.recognizedPhrase], ["Billing", "bill"]);
    assert.deepEqual(result(voiced), [200, 8545]);
    await recognize(media, CHOICES, { choices });
    const pressed = await completed(CHOICES);
    assert.deepEqual([pressed.choiceResult.label, pressed.choiceResult.recognizedPhrase], ["Sales", undefined]);
    assert.deepEqual(result(pressed), [200, 8533]);
  });

  test("a caller who is silent, stops in the middle or chooses nothing makes it fail", async () => {
    const { media } = await stage.connect({ script: [digits("4"), speak("something else"), digits("9")] });
    await recognize(media, DTMF, { maxTonesToCollect: 3, interToneTimeoutInSeconds: 1 });
    const failed = async () => result(await stage.next("RecognizeFailed"));
    assert.deepEqual(await failed(), [400, 8532]);
    const choices = [{ label: "Billing", phrases: ["bill"], tone: DtmfTone.One }];
    await recognize(media, CHOICES, { choices });
    assert.deepEqual(await failed(), [400, 8547]);
    await recognize(media, CHOICES, { choices });
    assert.deepEqual(await failed(), [400, 8534]);
    await recognize(media, DTMF, { maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 1 });
    assert.deepEqual(await failed(), [400, 8510]);
  });

  test("a recognition whose prompt cannot be played fails at that prompt", async () => {
    const { media } = await stage.connect();
    const gone = { kind: "fileSource", url: "https://127.0.0.1:1/gone.wav" };
    await recognize(media, DTMF, { maxTonesToCollect: 1, playPrompts: [say("Hi"), gone] });
    const failed = await stage.next("RecognizeFailed");
    assert.equal(failed.failedPlaySourceIndex, 1);
    assert.deepEqual(result(failed), [500, 8511]);
    await stage.fault("recognize_failed", { sub_code: 8512 });
    await recognize(media, DTMF, { maxTonesToCollect: 1 });
    assert.equal((await stage.next("RecognizeFailed")).resultInformation.subCode, 8512);
  });

  test("a recognition is canceled", async () => {
    const { media } = await stage.connect();
    await recognize(media, DTMF, { maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 60 });
    await media.cancelAllOperations();
    const canceled = await stage.next("RecognizeCanceled");
    assert.equal(canceled.operationContext, DTMF);
    assert.deepEqual(result(canceled), [400, 8508]);
  });

  test("a recognition that asks for what there is not is refused", async () => {
    const { media } = await stage.connect();
    await stage.refused(400, "8523", () => recognize(media, CHOICES, { choices: [] }));
    await stage.refused(400, "8523", () =>
      recognize(media, DTMF, { maxTonesToCollect: 1, initialSilenceTimeoutInSeconds: 301 }),
    );
    await stage.refused(400, "8523", () =>
      recognize(media, DTMF, { maxTonesToCollect: 1, interToneTimeoutInSeconds: 61 }),
    );
    const target = extensionUser();
    await stage.refused(404, "8558", () => media.startRecognizing(target, { kind: DTMF, maxTonesToCollect: 1 }));
  });

  test("every key is an event while it is asked for", async () => {
    const { phone, media } = await stage.connect();
    await media.startContinuousDtmfRecognition(CALLER_IDENTIFIER, { operationContext: "keys" });
    await stage.control("POST", `/pstn-calls/${phone}/digits`, { digits: "4*" });
    const first = await stage.next("ContinuousDtmfRecognitionToneReceived");
    const second = await stage.next("ContinuousDtmfRecognitionToneReceived");
    assert.deepEqual([first.tone, first.sequenceId, first.operationContext], ["four", 1, "keys"]);
    assert.deepEqual([second.tone, second.sequenceId], ["asterisk", 2]);
    await stage.fault("tone_failed");
    await stage.control("POST", `/pstn-calls/${phone}/digits`, { digits: "5" });
    assert.equal((await stage.next("ContinuousDtmfRecognitionToneFailed")).operationContext, "keys");
    await media.stopContinuousDtmfRecognition(CALLER_IDENTIFIER, { operationContext: "enough" });
    assert.equal((await stage.next("ContinuousDtmfRecognitionStopped")).operationContext, "enough");
    await stage.refused(400, "8585", () => media.stopContinuousDtmfRecognition(CALLER_IDENTIFIER));
    await stage.refused(404, "8558", () => media.startContinuousDtmfRecognition(extensionUser()));
  });

  test("keys are sent to a phone and heard there", async () => {
    const { phone, media } = await stage.connect();
    const sent = await media.sendDtmfTones([DtmfTone.One, DtmfTone.Pound, DtmfTone.A], CALLER_IDENTIFIER, {
      operationContext: "send",
    });
    assert.equal(sent.operationContext, "send");
    const done = await stage.next("SendDtmfTonesCompleted");
    assert.deepEqual([done.operationContext, ...result(done)], ["send", 200, 0]);
    assert.equal((await stage.phone(phone)).digits_received, "1#A");
  });

  test("keys that cannot be sent are refused or fail", async () => {
    const { media } = await stage.connectWithAgent();
    await stage.refused(400, "8523", () => media.sendDtmfTones(Array(19).fill(DtmfTone.One), CALLER_IDENTIFIER));
    await stage.refused(400, "8523", () => media.sendDtmfTones([], CALLER_IDENTIFIER));
    await stage.refused(400, "8523", () => media.sendDtmfTones([DtmfTone.One], extensionUser()));
    await stage.fault("send_tones_failed", { sub_code: 8508 });
    await media.sendDtmfTones([DtmfTone.One], CALLER_IDENTIFIER, { operationContext: "failing" });
    const failed = await stage.next("SendDtmfTonesFailed");
    assert.deepEqual([failed.operationContext, failed.resultInformation.subCode], ["failing", 8508]);
  });
});
