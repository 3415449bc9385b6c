// Who is in a call: list, get, add, cancel, remove, move, and the rules of Teams Phone extensibility.

import assert from "node:assert/strict";

import { AGENT, CALLER, NUMBER, TENANT } from "./emulator.js";
import {
  AGENT_RAW,
  CALLER_IDENTIFIER,
  CALLER_RAW,
  extensionUser,
  rawId,
  withEveryWayIn,
} from "./stage.js";

const OUTSIDE = "+12065550145";

withEveryWayIn((test, stage) => {
  test("an agent is added, listed, looked up and removed", async () => {
    await stage.agentBehaves({ do: "answer", after_ms: 50 });
    const { call, id } = await stage.connect();
    const added = await call.addParticipant(
      { targetParticipant: extensionUser() },
      { operationContext: "agent", invitationTimeoutInSeconds: 20 },
    );
    assert.equal(added.operationContext, "agent");
    assert.ok(added.invitationId);
    assert.equal(added.participant.identifier.tenantId, TENANT);
    assert.equal(added.participant.identifier.userId, AGENT);
    const succeeded = await stage.next("AddParticipantSucceeded");
    assert.deepEqual([succeeded.operationContext, succeeded.callConnectionId], ["agent", id]);
    assert.equal(rawId(succeeded.participant), AGENT_RAW);
    assert.equal(succeeded.participant.userId, AGENT);
    const updated = await stage.next("ParticipantsUpdated");
    assert.ok(updated.sequenceNumber > 1);
    assert.deepEqual(updated.participants.map((one) => rawId(one.identifier)).sort(), [CALLER_RAW, AGENT_RAW]);
    assert.deepEqual(await stage.names(call), [CALLER_RAW, AGENT_RAW]);
    const one = await call.getParticipant(CALLER_IDENTIFIER);
    assert.deepEqual([one.identifier.phoneNumber, one.isMuted, one.isOnHold], [CALLER, false, false]);
    assert.equal(rawId((await call.getParticipant(extensionUser())).identifier), AGENT_RAW);
    const removed = await call.removeParticipant(extensionUser(), { operationContext: "out" });
    assert.equal(removed.operationContext, "out");
    const gone = await stage.next("RemoveParticipantSucceeded");
    assert.deepEqual([gone.operationContext, rawId(gone.participant)], ["out", AGENT_RAW]);
    assert.deepEqual(await stage.names(call), [CALLER_RAW]);
    await stage.refused(404, "8522", () => call.getParticipant(extensionUser()));
  });

  test("nobody is listed or looked up in a call that is not there", async () => {
    const nowhere = stage.client.getCallConnection("nowhere");
    await stage.refused(404, "8522", () => nowhere.listParticipants());
    await stage.refused(404, "8522", () => nowhere.getParticipant(CALLER_IDENTIFIER));
    await stage.refused(404, "8522", () => nowhere.addParticipant({ targetParticipant: extensionUser() }));
    await stage.refused(404, "8522", () => nowhere.removeParticipant(CALLER_IDENTIFIER));
    await stage.refused(404, "8522", () => nowhere.muteParticipant(CALLER_IDENTIFIER));
    await stage.refused(404, "8522", () => nowhere.cancelAddParticipantOperation("nothing"));
    await stage.refused(404, "8522", () => nowhere.moveParticipants([CALLER_IDENTIFIER], "nowhere"));
    await stage.refused(404, "8522", () => nowhere.transferCallToParticipant(extensionUser()));
  });

  test("an agent who does not come is AddParticipantFailed with the reason", async () => {
    const { call } = await stage.connect();
    const outcomes = [
      ["decline", 603, 8538],
      ["busy", 486, 8539],
      ["no_answer", 408, 10057],
    ];
    for (const [behaviour, code, subCode] of outcomes) {
      await stage.agentBehaves({ do: behaviour, after_ms: 30 });
      const options = { operationContext: behaviour, invitationTimeoutInSeconds: 1 };
      await call.addParticipant({ targetParticipant: extensionUser() }, options);
      const failed = await stage.next("AddParticipantFailed");
      assert.deepEqual([failed.operationContext, rawId(failed.participant)], [behaviour, AGENT_RAW]);
      assert.deepEqual([failed.resultInformation.code, failed.resultInformation.subCode], [code, subCode]);
    }
    assert.deepEqual(await stage.names(call), [CALLER_RAW]);
  });

  test("an invitation is canceled once", async () => {
    const { call } = await stage.connect();
    await stage.agentBehaves({ do: "no_answer" });
    const added = await call.addParticipant({ targetParticipant: extensionUser() });
    const canceled = await call.cancelAddParticipantOperation(added.invitationId, { operationContext: "back" });
    assert.deepEqual([canceled.invitationId, canceled.operationContext], [added.invitationId, "back"]);
    const event = await stage.next("CancelAddParticipantSucceeded");
    assert.deepEqual([event.invitationId, event.operationContext], [added.invitationId, "back"]);
    const again = await call.cancelAddParticipantOperation(added.invitationId, { operationContext: "again" });
    assert.equal(again.invitationId, added.invitationId);
    const failed = await stage.next("CancelAddParticipantFailed");
    assert.deepEqual([failed.invitationId, failed.operationContext], [added.invitationId, "again"]);
    assert.deepEqual(await stage.names(call), [CALLER_RAW]);
  });

  test("who is not in the call cannot be removed", async () => {
    const { call } = await stage.connect();
    await call.removeParticipant(extensionUser(), { operationContext: "nobody" });
    const failed = await stage.next("RemoveParticipantFailed");
    assert.deepEqual([failed.operationContext, rawId(failed.participant)], ["nobody", AGENT_RAW]);
    assert.deepEqual([failed.resultInformation.code, failed.resultInformation.subCode], [404, 8522]);
  });

  test("events of an operation go where it says", async () => {
    await stage.agentBehaves({ do: "answer", after_ms: 50 });
    const { call } = await stage.connect();
    const options = { operationCallbackUrl: stage.receiver.otherCallbackUrl, operationContext: "elsewhere" };
    await call.addParticipant({ targetParticipant: extensionUser() }, options);
    const added = await stage.receiver.nextElsewhere("AddParticipantSucceeded");
    assert.equal(added.operationContext, "elsewhere");
    await call.removeParticipant(extensionUser(), options);
    await stage.receiver.nextElsewhere("RemoveParticipantSucceeded");
  });

  test("the SDK's own operation context comes back where the application gives none", async () => {
    const { call } = await stage.connectWithAgent();
    const removed = await call.removeParticipant(extensionUser());
    assert.match(removed.operationContext, /^[0-9a-f-]{36}$/);
    assert.equal((await stage.next("RemoveParticipantSucceeded")).operationContext, removed.operationContext);
  });

  test("an agent is shown what the application knows of the customer", async () => {
    await stage.agentBehaves({ do: "answer", after_ms: 50 });
    const { call } = await stage.connect();
    await call.addParticipant({
      targetParticipant: extensionUser(),
      customCallingContext: [
        { kind: "voip", key: "customer", value: "4711" },
        { kind: "sipx", key: "Account", value: "17", sipHeaderPrefix: "X-MS-Custom-" },
        { kind: "sipuui", key: "", value: "abc" },
        {
          kind: "TeamsPhoneCallDetails",
          teamsPhoneCallerDetails: {
            caller: CALLER_IDENTIFIER,
            name: "Ann",
            phoneNumber: CALLER,
            recordId: "4711",
            screenPopUrl: "https://crm.example/4711",
            isAuthenticated: true,
            additionalCallerInformation: { tier: "gold" },
          },
          teamsPhoneSourceDetails: {
            source: CALLER_IDENTIFIER,
            language: "en-US",
            status: "active",
            intendedTargets: { queue: extensionUser() },
          },
          sessionId: "s1",
          intent: "billing",
          callTopic: "A bill",
          callContext: "The second call today",
          transcriptUrl: "https://crm.example/transcript",
          callSentiment: "calm",
          suggestedActions: "Offer a refund",
        },
      ],
    });
    await stage.next("AddParticipantSucceeded");
    const requests = await stage.control("GET", "/requests");
    const { body } = requests.findLast((request) => request.operation === "CallConnection_AddParticipant");
    const { custom_calling_context: shown } = await stage.control("GET", `/teams-users/${AGENT}`);
    assert.equal(shown.teamsPhoneCallDetails.callTopic, "A bill");
    assert.equal(shown.teamsPhoneCallDetails.teamsPhoneCallerDetails.additionalCallerInformation.tier, "gold");
    assert.deepEqual(shown, body.customCallingContext);
  });

  test("a phone that is called is told what the application says, within the limits", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
    const { call } = await stage.connect();
    const add = (customCallingContext) =>
      call.addParticipant({ targetParticipant: { phoneNumber: OUTSIDE }, customCallingContext });
    const headers = (n) => Array.from({ length: n }, (_, at) => ({ kind: "sipx", key: `Own${at}`, value: "1" }));
    const uui = { kind: "sipuui", key: "", value: "abc" };
    const details = (more) => [{ kind: "TeamsPhoneCallDetails", ...more }];
    const tooMuch = [
      headers(6),
      [{ kind: "voip", key: "k".repeat(65), value: "1" }],
      [{ kind: "voip", key: "k", value: "1".repeat(1025) }],
      [{ kind: "sipx", key: "Own", value: "1".repeat(257) }],
      details({ callTopic: "t".repeat(49) }),
    ];
    for (const context of tooMuch) await stage.refused(400, "8523", () => add(context));
    await add([...headers(5), uui]);
    await stage.next("AddParticipantSucceeded");
    const phones = await stage.control("GET", "/pstn-calls?live=true");
    const { custom_calling_context: shown } = phones.find((phone) => phone.to === OUTSIDE || phone.number === OUTSIDE);
    assert.equal(Object.keys(shown.sipHeaders).length, 6);
    assert.equal(shown.sipHeaders["User-To-User"], "abc");
  });

  test("what Teams Phone extensibility cannot do is refused", async () => {
    const { call } = await stage.connect();
    const teamsUser = { microsoftTeamsUserId: AGENT };
    const source = { phoneNumber: NUMBER };
    await stage.refused(400, "8523", () => call.addParticipant({ targetParticipant: teamsUser }));
    await stage.refused(400, "8523", () =>
      call.addParticipant({ targetParticipant: extensionUser(), sourceCallIdNumber: source }),
    );
    await stage.refused(400, "8523", () =>
      call.addParticipant({ targetParticipant: { phoneNumber: OUTSIDE }, sourceCallIdNumber: source }),
    );
    await stage.refused(400, "8559", () => call.addParticipant({ targetParticipant: CALLER_IDENTIFIER }));
    await stage.refused(400, "8523", () => call.muteParticipant(CALLER_IDENTIFIER));
    await stage.refused(400, "8523", () =>
      call.addParticipant({ targetParticipant: extensionUser() }, { invitationTimeoutInSeconds: 181 }),
    );
    assert.deepEqual(await stage.names(call), [CALLER_RAW]);
  });

  test("a customer moves into another call", async () => {
    const { call: old, id } = await stage.connect();
    const { call: target, id: targetId } = await stage.connect({ from: "+12065550161" });
    const moving = await target.moveParticipants([CALLER_IDENTIFIER], id, { operationContext: "move" });
    assert.deepEqual([moving.fromCall, moving.operationContext], [id, "move"]);
    assert.deepEqual(moving.participants.map((one) => rawId(one.identifier)), [CALLER_RAW]);
    const moved = await stage.next("MoveParticipantSucceeded");
    assert.deepEqual([moved.fromCall, moved.operationContext, rawId(moved.participant)], [id, "move", CALLER_RAW]);
    assert.equal(moved.callConnectionId, targetId);
    await stage.next("CallDisconnected", (event) => event.callConnectionId === id);
    assert.deepEqual(await stage.names(target), ["4:+12065550161", CALLER_RAW].sort());
    await stage.refused(404, "8522", () => old.getCallConnectionProperties());
    await stage.refused(404, "8522", () => target.moveParticipants([CALLER_IDENTIFIER], "nobody"));
  });

  test("who is not there or here already does not move", async () => {
    const { id } = await stage.connect();
    const { call: target } = await stage.connect({ from: "+12065550161" });
    await target.moveParticipants([extensionUser()], id, { operationContext: "absent" });
    const absent = await stage.next("MoveParticipantFailed");
    assert.deepEqual([absent.operationContext, absent.fromCall, rawId(absent.participant)], ["absent", id, AGENT_RAW]);
    assert.deepEqual([absent.resultInformation.code, absent.resultInformation.subCode], [404, 8558]);
    await target.moveParticipants([{ phoneNumber: "+12065550161" }], id, { operationContext: "here" });
    const here = await stage.next("MoveParticipantFailed");
    assert.deepEqual([here.resultInformation.code, here.resultInformation.subCode], [400, 8559]);
    await stage.fault("move_failed", { sub_code: 8558 });
    await target.moveParticipants([CALLER_IDENTIFIER], id, { operationContext: "failing" });
    const failed = await stage.next("MoveParticipantFailed");
    assert.deepEqual([failed.operationContext, failed.fromCall, rawId(failed.participant)], ["failing", id, CALLER_RAW]);
    assert.equal(failed.resultInformation.subCode, 8558);
  });
});
