// A call from its first ring to its end: create, answer, redirect, reject, connect, get, hang up, terminate.

import assert from "node:assert/strict";

import { ACCOUNT, AGENT, CALLER, NUMBER } from "./emulator.js";
import {
  AGENT_RAW,
  CALLER_RAW,
  COGNITIVE,
  RESOURCE_ACCOUNT,
  extensionUser,
  rawId,
  say,
  withEveryWayIn,
} from "./stage.js";

const OUTSIDE = "+12065550123";
const SECOND_OUTSIDE = "+12065550124";

withEveryWayIn((test, stage) => {
  const dial = (number, options = {}) =>
    stage.client.createCall({ targetParticipant: { phoneNumber: number } }, stage.receiver.callbackUrl, {
      teamsAppSource: RESOURCE_ACCOUNT,
      ...options,
    });

  // B-142: an official JavaScript SDK of the named version or a later one drives the emulator unmodified.
  // B-164: no tunnel and no tenant; the service and the application meet on loopback.
  test("an answered call says who is in it", async () => {
    const { context, event } = await stage.ring();
    const { callConnectionProperties: answered, callConnection: call } = await stage.client.answerCall(
      context,
      stage.receiver.callbackUrl,
      { operationContext: "answer", callIntelligenceOptions: COGNITIVE },
    );
    assert.equal(answered.callConnectionState, "connecting");
    const connected = await stage.next("CallConnected");
    assert.equal(connected.operationContext, "answer");
    assert.equal(connected.callConnectionId, answered.callConnectionId);
    assert.deepEqual(connected.resultInformation, { code: 200, subCode: 0, message: "" });
    const updated = await stage.next("ParticipantsUpdated");
    assert.equal(updated.sequenceNumber, 1);
    assert.deepEqual(updated.participants.map((one) => [rawId(one.identifier), one.isMuted, one.isOnHold]), [
      [CALLER_RAW, false, false],
    ]);
    const read = await call.getCallConnectionProperties();
    assert.equal(read.callConnectionState, "connected");
    assert.equal(read.callConnectionId, answered.callConnectionId);
    assert.equal(read.serverCallId, event.data.serverCallId);
    assert.equal(read.correlationId, event.data.correlationId);
    assert.equal(read.callbackUri, stage.receiver.callbackUrl);
    assert.equal(rawId(read.source), CALLER_RAW);
    assert.equal(read.answeredFor.phoneNumber, NUMBER);
    assert.equal(read.targetParticipants[0].teamsAppId, ACCOUNT);
    for (const event of [connected, updated]) {
      assert.deepEqual([event.serverCallId, event.correlationId], [read.serverCallId, read.correlationId]);
    }
  });

  test("an incoming call says what the caller's network handed over", async () => {
    const voip_headers = { "X-myCustomVoipHeaderName": "myValue" };
    await stage.control("POST", "/pstn-calls", { from: CALLER, to: NUMBER, voip_headers });
    const { data, subject } = await stage.event("IncomingCall");
    assert.equal(subject, `/caller/${CALLER_RAW}/recipient/28:orgid:${ACCOUNT}`);
    assert.equal(data.to.rawId, `28:orgid:${ACCOUNT}`);
    assert.equal(data.from.phoneNumber.value, CALLER);
    assert.equal(data.callerDisplayName, CALLER);
    assert.deepEqual(data.customContext.voipHeaders, voip_headers);
  });

  test("an incoming call is answered once, and not after the caller has gone", async () => {
    const { context } = await stage.ring();
    const answer = (what, to = stage.receiver.callbackUrl) => stage.client.answerCall(what, to);
    await stage.refused(400, "8523", () => answer(context, "no address"));
    await answer(context);
    await stage.next("CallConnected");
    await stage.refused(409, "8519", () => answer(context));
    const gone = await stage.ring();
    await stage.control("POST", `/pstn-calls/${gone.phone}/hang-up`);
    await stage.refused(404, "8522", () => answer(gone.context));
    await stage.refused(404, "8522", () => stage.client.rejectCall(gone.context));
    const elsewhere = { targetParticipant: { phoneNumber: OUTSIDE } };
    await stage.refused(404, "8522", () => stage.client.redirectCall(gone.context, elsewhere));
    await stage.refused(400, "8523", () => answer("no context"));
  });

  test("an incoming call is rejected with its reason and cannot be answered any more", async () => {
    for (const callRejectReason of ["none", "busy", "forbidden"]) {
      const { phone, context } = await stage.ring();
      await stage.client.rejectCall(context, { callRejectReason });
      const shown = callRejectReason === "none" ? "rejected" : `rejected: ${callRejectReason}`;
      assert.equal((await stage.phone(phone)).ended, shown);
      await stage.refused(409, "8519", () => stage.client.answerCall(context, stage.receiver.callbackUrl));
      await stage.refused(409, "8519", () => stage.client.rejectCall(context));
    }
    await stage.refused(400, "8523", () => stage.client.rejectCall("no context"));
  });

  test("an incoming call is redirected, to a phone that rings, and cannot be redirected again", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "no_answer" });
    const { phone, context } = await stage.ring();
    const redirect = (what) =>
      stage.client.redirectCall(what, { targetParticipant: { phoneNumber: OUTSIDE } });
    await redirect(context);
    const live = await stage.control("GET", "/pstn-calls?live=true");
    const rings = live.find((one) => one.to === OUTSIDE);
    assert.deepEqual([rings.state, rings.from], ["ringing", CALLER]);
    await stage.control("POST", `/pstn-calls/${rings.id}/answer`);
    assert.deepEqual((await stage.phone(phone)).hears.with, [OUTSIDE]);
    await stage.refused(409, "8519", () => redirect(context));
    await stage.refused(400, "8523", () => redirect("no context"));
  });

  test("a customer is called from the resource account", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 300 });
    const { callConnectionProperties: created, callConnection: call } = await dial(OUTSIDE, {
      operationContext: "out",
    });
    assert.equal(created.callConnectionState, "connecting");
    assert.equal(created.targetParticipants[0].phoneNumber, OUTSIDE);
    const connected = await stage.next("CallConnected");
    assert.equal(connected.operationContext, "out");
    const read = await call.getCallConnectionProperties();
    assert.equal(read.callConnectionState, "connected");
    assert.equal(rawId(read.source), `28:orgid:${ACCOUNT}`);
    assert.deepEqual(await stage.names(call), [`4:${OUTSIDE}`]);
    await call.hangUp(false);
    await stage.next("CallDisconnected");
  });

  test("an agent is called from the resource account, and the customer after that", async () => {
    await stage.agentBehaves({ do: "answer", after_ms: 50 });
    const { callConnection: call } = await stage.client.createCall(
      { targetParticipant: extensionUser() },
      stage.receiver.callbackUrl,
      { teamsAppSource: RESOURCE_ACCOUNT, operationContext: "agent" },
    );
    const connected = await stage.next("CallConnected");
    assert.equal(connected.operationContext, "agent");
    await call.addParticipant({ targetParticipant: { phoneNumber: SECOND_OUTSIDE } });
    await stage.next("AddParticipantSucceeded");
    assert.deepEqual(await stage.names(call), [`4:${SECOND_OUTSIDE}`, AGENT_RAW]);
    await call.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("of several who are called the first to answer is in the call", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
    await stage.phoneBehaves(SECOND_OUTSIDE, { do: "no_answer" });
    const { callConnection: call } = await stage.client.createGroupCall(
      [{ phoneNumber: OUTSIDE }, { phoneNumber: SECOND_OUTSIDE }],
      stage.receiver.callbackUrl,
      { teamsAppSource: RESOURCE_ACCOUNT, operationContext: "group" },
    );
    assert.equal((await stage.next("CallConnected")).operationContext, "group");
    assert.deepEqual(await stage.names(call), [`4:${OUTSIDE}`]);
    await call.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("a call that is not answered says why", async () => {
    const outcomes = [
      ["busy", 486, 8539],
      ["decline", 603, 8538],
    ];
    for (const [behaviour, code, subCode] of outcomes) {
      await stage.phoneBehaves(OUTSIDE, { do: behaviour, after_ms: 30 });
      const { callConnection: call } = await dial(OUTSIDE, { operationContext: behaviour });
      const failed = await stage.next("CreateCallFailed");
      assert.equal(failed.operationContext, behaviour);
      assert.deepEqual([failed.resultInformation.code, failed.resultInformation.subCode], [code, subCode]);
      await stage.next("CallDisconnected");
      await stage.refused(404, "8522", () => call.getCallConnectionProperties());
    }
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
  });

  test("a call that still rings has nobody to play to", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "no_answer" });
    const { callConnection: call } = await dial(OUTSIDE);
    const media = call.getCallMedia();
    await stage.refused(400, "8501", () => media.playToAll([say("Hi")]));
    await call.hangUp(true);
    await stage.next("CallDisconnected");
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
  });

  test("what a call may not be made of is refused", async () => {
    const source = { phoneNumber: NUMBER };
    const create = (invite, options) => stage.client.createCall(invite, stage.receiver.callbackUrl, options);
    const phone = { phoneNumber: OUTSIDE };
    await stage.refused(400, "8523", () =>
      create({ targetParticipant: phone, sourceCallIdNumber: source }, { teamsAppSource: RESOURCE_ACCOUNT }),
    );
    await stage.refused(400, "8523", () =>
      create({ targetParticipant: phone, sourceDisplayName: "Sales" }, { teamsAppSource: RESOURCE_ACCOUNT }),
    );
    await stage.refused(400, "8523", () => create({ targetParticipant: phone }, {}));
    await stage.refused(400, "8523", () =>
      stage.client.createCall({ targetParticipant: phone }, "no address", { teamsAppSource: RESOURCE_ACCOUNT }),
    );
    await stage.refused(400, "8523", () =>
      stage.client.createGroupCall([], stage.receiver.callbackUrl, { teamsAppSource: RESOURCE_ACCOUNT }),
    );
    await stage.refused(400, "8559", () =>
      stage.client.createGroupCall([phone, phone], stage.receiver.callbackUrl, { teamsAppSource: RESOURCE_ACCOUNT }),
    );
  });

  test("a second connection to a call sees the same people", async () => {
    const { phone, call: first } = await stage.connectWithAgent();
    const { serverCallId } = await first.getCallConnectionProperties();
    const { callConnectionProperties: joined, callConnection: second } = await stage.client.connectCall(
      { kind: "serverCallLocator", id: serverCallId },
      stage.receiver.callbackUrl,
      { operationContext: "join" },
    );
    const connected = await stage.next("CallConnected", (event) => event.operationContext === "join");
    assert.equal(connected.callConnectionId, joined.callConnectionId);
    assert.equal(connected.serverCallId, serverCallId);
    assert.deepEqual(await stage.names(second), [CALLER_RAW, AGENT_RAW]);
    await first.hangUp(false);
    await stage.next("CallDisconnected", (event) => event.callConnectionId !== joined.callConnectionId);
    assert.equal((await stage.phone(phone)).state, "in_call");
    assert.equal((await second.getCallConnectionProperties()).callConnectionState, "connected");
    await second.hangUp(true);
    await stage.next("CallDisconnected");
    assert.equal((await stage.phone(phone)).state, "ended");
  });

  test("the application comes back to a call that it has left", async () => {
    const { call } = await stage.connectWithAgent();
    const { serverCallId } = await call.getCallConnectionProperties();
    await call.hangUp(false);
    await stage.next("CallDisconnected");
    const locator = { kind: "serverCallLocator", id: serverCallId };
    const { callConnection: again } = await stage.client.connectCall(locator, stage.receiver.callbackUrl, {
      operationContext: "again",
    });
    await stage.next("CallConnected", (event) => event.operationContext === "again");
    assert.deepEqual(await stage.names(again), [CALLER_RAW, AGENT_RAW]);
    await again.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("a connection to a call that is not there fails", async () => {
    const locators = [
      { kind: "groupCallLocator", id: "29228d3e-040e-4656-a70e-890ab4e173e5" },
      { kind: "roomCallLocator", id: "99419200000000000" },
    ];
    for (const locator of locators) {
      await stage.client.connectCall(locator, stage.receiver.callbackUrl, { operationContext: locator.kind });
      const failed = await stage.next("ConnectFailed");
      assert.equal(failed.operationContext, locator.kind);
      assert.deepEqual([failed.resultInformation.code, failed.resultInformation.subCode], [404, 8522]);
    }
    const [locator] = locators;
    await stage.refused(400, "8523", () => stage.client.connectCall(locator, "no address"));
    await stage.refused(400, "8523", () =>
      stage.client.connectCall({ kind: "serverCallLocator", id: "" }, stage.receiver.callbackUrl),
    );
    await stage.fault("connect_failed", { sub_code: 8528 });
    const { call } = await stage.connect();
    const { serverCallId } = await call.getCallConnectionProperties();
    await stage.client.connectCall({ kind: "serverCallLocator", id: serverCallId }, stage.receiver.callbackUrl);
    assert.equal((await stage.next("ConnectFailed")).resultInformation.subCode, 8528);
  });

  test("hanging up ends a call of two, and the others of a larger one talk on", async () => {
    const two = await stage.connect();
    await two.call.hangUp(false);
    const ended = await stage.next("CallDisconnected");
    assert.deepEqual([ended.resultInformation.code, ended.resultInformation.subCode], [200, 7000]);
    assert.equal(ended.callConnectionId, two.id);
    assert.equal((await stage.phone(two.phone)).state, "ended");
    await stage.refused(404, "8522", () => two.call.getCallConnectionProperties());
    await stage.refused(404, "8522", () => two.call.hangUp(false));
    const three = await stage.connectWithAgent();
    await three.call.hangUp(false);
    await stage.next("CallDisconnected");
    assert.equal((await stage.phone(three.phone)).state, "in_call");
    await stage.control("POST", `/teams-users/${AGENT}/hang-up`);
  });

  test("terminating ends a call for everybody", async () => {
    const { call, phone } = await stage.connectWithAgent();
    await call.hangUp(true);
    const ended = await stage.next("CallDisconnected");
    assert.equal(ended.resultInformation.subCode, 7000);
    assert.equal((await stage.phone(phone)).state, "ended");
    await stage.refused(404, "8522", () => call.hangUp(true));
  });

  test("a caller who hangs up ends the call", async () => {
    const { call, phone, id } = await stage.connect();
    await stage.control("POST", `/pstn-calls/${phone}/hang-up`);
    assert.equal((await stage.next("CallDisconnected")).callConnectionId, id);
    await stage.refused(404, "8522", () => call.getCallConnectionProperties());
  });

  test("an answer that fails at the service is sent again", async () => {
    const { context, phone } = await stage.ring();
    await stage.fault("status", { status: 500, match: { operation: "AnswerCall" }, count: 1 });
    await stage.client.answerCall(context, stage.receiver.callbackUrl);
    await stage.next("CallConnected");
    assert.equal((await stage.phone(phone)).state, "in_call");
  });

  test("an answer that comes to nothing is told of", async () => {
    const { context } = await stage.ring();
    await stage.fault("answer_failed", { sub_code: 8523 });
    const { callConnection: call } = await stage.client.answerCall(context, stage.receiver.callbackUrl, {
      operationContext: "answer",
    });
    const failed = await stage.next("AnswerFailed");
    assert.deepEqual([failed.operationContext, failed.resultInformation.subCode], ["answer", 8523]);
    await stage.refused(404, "8522", () => call.getCallConnectionProperties());
  });

  test("a lost answer is asked for again and the call is answered once", async () => {
    const before = await stage.control("GET", "/counters");
    const { context } = await stage.ring();
    await stage.fault("status", { status: 503, executed: true, match: { operation: "AnswerCall" } });
    await stage.client.answerCall(context, stage.receiver.callbackUrl);
    await stage.next("CallConnected");
    const after = await stage.control("GET", "/counters");
    assert.equal(after.repeats, before.repeats + 1);
    assert.equal(after.second_executions, before.second_executions);
  });

  test("a throttled request is sent again when it may be", async () => {
    const { call } = await stage.connect();
    await stage.fault("status", { status: 429, retry_after_s: 1, match: { operation: "GetCall" } });
    assert.equal((await call.getCallConnectionProperties()).callConnectionState, "connected");
  });

  test("a callback that comes twice has one id", async () => {
    await stage.fault("callback_doubled", { match: { event: "CallConnected" } });
    const { id } = await stage.connect({ operationContext: "twice" });
    const again = await stage.next("CallConnected");
    assert.deepEqual([again.callConnectionId, again.operationContext], [id, "twice"]);
    const deliveries = await stage.control("GET", "/deliveries");
    const doubled = deliveries.filter((one) => one.call === id && one.event === "CallConnected");
    assert.deepEqual([doubled.length, new Set(doubled.map((one) => one.id)).size], [2, 1]);
  });
});
