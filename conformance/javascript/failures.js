// How each condition of conformance/contract/errors.json comes about that a callback tells of, after the operation
// was taken. conformance/python/failures.py is the same for the Python client.

import { AGENT } from "./emulator.js";
import {
  CHOICES,
  GONE,
  NOBODY,
  SOMEBODY,
  SOMEBODY_ELSE,
  SPEECH,
  agent,
  mediaStreaming,
  phone,
  transcription,
} from "./scene.js";
import { say } from "./stage.js";

/** The call is forwarded from each to the next of these. */
const AGENTS = [..."56789ab"].map((digit) => AGENT.slice(0, -1) + digit);
const NOT_TAKEN = "wss://127.0.0.1:1/";

const connectUnlessCreated = (scene, operation) => (operation === "CreateCall" ? undefined : scene.connect());

const somebody = (does, ms) => async (scene, operation) => {
  await connectUnlessCreated(scene, operation);
  await scene.behaves(SOMEBODY, does);
  await scene.ask(operation);
  await scene.advance(ms);
};

/** The operation, in a call, and a moment. */
const connectedAnd = (changes) => async (scene, operation) => {
  await scene.connect();
  await scene.ask(operation, changes);
  await scene.advance(100);
};

const OF_CALLS = {
  "the phone is declined": somebody("decline", 100),
  "the target declines": somebody("decline", 100),
  "the phone is busy": somebody("busy", 100),
  "the target is busy": somebody("busy", 100),
  "the phone is not answered": somebody("no_answer", 120_000),
  "the target does not answer within a minute": somebody("no_answer", 60_000),
  "the target does not answer within the invitation's time": async (scene, operation) => {
    await scene.connect();
    await scene.userBehaves("no_answer");
    await scene.ask(operation, { newcomer: agent(), options: { invitationTimeoutInSeconds: 5 } });
    await scene.advance(5_000);
  },
  "the agent has no Teams Phone license": async (scene, operation) => {
    await connectUnlessCreated(scene, operation);
    await scene.userBehaves("answer", { hasTeamsPhone: false });
    await scene.ask(operation, { newcomer: agent() });
    await scene.advance(1_000);
  },
  "the call is forwarded too often": async (scene, operation) => {
    await scene.connect();
    for (const [at, next] of AGENTS.slice(1).entries()) {
      const who = { userId: AGENTS[at] };
      await scene.userBehaves({ do: "forward", to: next, after_ms: 10 }, who);
      scene.afterwards(() => scene.userBehaves("answer", who));
    }
    await scene.ask(operation, { newcomer: agent() });
    await scene.advance(1_000);
  },
  "the caller hangs up before the call is up": async (scene, operation) => {
    await scene.ring();
    await scene.ask(operation);
    await scene.control("POST", `/pstn-calls/${scene.phone}/hang-up`);
  },
  "the answer comes to nothing": async (scene, operation) => {
    await scene.fault("answer_failed");
    await scene.ring();
    await scene.ask(operation);
    await scene.advance(100);
  },
  "there is no such server call": async (scene, operation) => {
    await scene.ask(operation);
    await scene.advance(100);
  },
  "nobody is in the group": async (scene, operation) => {
    const locator = { kind: "groupCallLocator", id: "0f4a4e5e-6f3a-4a3e-8d8e-0a5b9f0d1c2b" };
    await scene.ask(operation, { locator });
    await scene.advance(100);
  },
  "the call ends as it should": async (scene, operation) => {
    await scene.connect();
    await scene.ask(operation);
  },
  "whoever shall leave is not in the call": connectedAnd({ target: phone(NOBODY) }),
  "the invitation has ended": connectedAnd({}),
  "whoever shall move is not in that call": async (scene, operation) => {
    await scene.connectTwoCalls();
    await scene.ask(operation, { target: phone(NOBODY) });
    await scene.advance(100);
  },
  "whoever shall move is here already": async (scene, operation) => {
    await scene.connectTwoCalls();
    await scene.ask(operation, { target: phone(SOMEBODY_ELSE) });
    await scene.advance(100);
  },
};

const play = (source) => async (scene, operation) => {
  await scene.connect();
  await scene.ask(operation, { source });
};

const OF_PROMPTS = {
  "the file cannot be fetched": play(GONE),
  "the file is no sound": async (scene, operation) => {
    const source = { kind: "fileSource", url: await scene.serve("no sound") };
    await play(source)(scene, operation);
  },
  "the text is empty": play(say(" ")),
  "it is canceled": async (scene, operation) => {
    await scene.connect();
    await scene.ask(operation);
    await scene.ask("CallMedia_CancelAllMediaOperations");
  },
};

const pressed = (digits) => ["digits", { digits }];
const said = (text) => ["speak", { text }];

const recognize = (changes, deed) => async (scene, operation) => {
  await scene.connect();
  await scene.ask(operation, changes);
  await scene.advance(10);
  if (deed) await scene.control("POST", `/pstn-calls/${scene.phone}/${deed[0]}`, deed[1]);
};

/** ... and then so much time goes by. */
const recognizeFor = (ms, ...deeds) => async (scene, operation) => {
  await recognize(...deeds)(scene, operation);
  await scene.advance(ms);
};

/** ... after a fault was ordered. */
const recognizeFaulty = (kind, more, ...deeds) => async (scene, operation) => {
  await scene.fault(kind, more);
  await recognize(...deeds)(scene, operation);
};

const CHOICE = {
  input: CHOICES,
  options: { choices: [{ label: "Billing", phrases: ["my bill"], tone: "one" }] },
};

const OF_RECOGNITION = {
  "nothing is pressed": recognizeFor(2_000, { options: { initialSilenceTimeoutInSeconds: 2 } }),
  "the next key does not come": recognizeFor(2_000, { options: { interToneTimeoutInSeconds: 2 } }, pressed("1")),
  "the key is none of the choices": recognize(CHOICE, pressed("9")),
  "the words are none of the choices": recognize(CHOICE, said("something else")),
  "the key of a choice is pressed": recognize(CHOICE, pressed("1")),
  "the words of a choice are said": recognize(CHOICE, said("it is about my bill")),
  "the speech is not understood": recognizeFaulty("recognize_failed", { sub_code: 8563 }, { input: SPEECH }),
  "something is said": recognize({ input: SPEECH }, said("good morning")),
  "the prompt cannot be played": recognize({ options: { playPrompt: GONE } }),
  "the last key that fits is pressed": recognize({}, pressed("42")),
  "a stop tone is pressed": recognize({ options: { stopDtmfTones: ["pound"] } }, pressed("4#")),
  "a key is not understood": recognizeFaulty("tone_failed", {}, {}, pressed("4")),
  "the hold fails": async (scene, operation) => {
    await scene.fault("hold_failed");
    await scene.connect();
    await scene.ask(operation);
  },
};

const OF_STREAMS_AND_RECORDINGS = {
  "the call has no cognitive services": async (scene, operation) => {
    await scene.connect({ callIntelligenceOptions: undefined, ...transcription(scene.socketUrl) });
    await scene.ask(operation);
  },
  "nobody takes the WebSocket": async (scene, operation) => {
    await scene.connect({ ...mediaStreaming(NOT_TAKEN), ...transcription(NOT_TAKEN) });
    await scene.ask(operation);
  },
  "the address of the WebSocket is not to be used": async (scene, operation) => {
    await scene.fault("media_streaming_failed", { sub_code: 8581 });
    await scene.connectStreams();
    await scene.ask(operation);
  },
  "the recording does not begin": async (scene, operation) => {
    await scene.fault("start_recording_failed");
    await scene.connect();
    await scene.ask(operation);
  },
};

export const FAILURES = { ...OF_CALLS, ...OF_PROMPTS, ...OF_RECOGNITION, ...OF_STREAMS_AND_RECORDINGS };
