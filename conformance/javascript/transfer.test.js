// Transfers: of a call of two, out of a group, and those that come to nothing.

import assert from "node:assert/strict";

import { AGENT, NUMBER } from "./emulator.js";
import { AGENT_RAW, CALLER_IDENTIFIER, CALLER_RAW, extensionUser, rawId, withEveryWayIn } from "./stage.js";

const OUTSIDE = "+12065550141";
const BUSY = "+12065550143";
const result = (event) => [event.resultInformation.code, event.resultInformation.subCode];

withEveryWayIn((test, stage) => {
  test("a call of two is transferred and leaves", async () => {
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
    const { phone, call, id } = await stage.connect();
    const transferred = await call.transferCallToParticipant({ phoneNumber: OUTSIDE }, { operationContext: "two" });
    assert.equal(transferred.operationContext, "two");
    const accepted = await stage.next("CallTransferAccepted");
    assert.deepEqual([accepted.operationContext, accepted.callConnectionId], ["two", id]);
    assert.deepEqual([accepted.transferTarget.rawId, accepted.transferee.rawId], [`4:${OUTSIDE}`, CALLER_RAW]);
    await stage.next("CallDisconnected");
    await stage.refused(404, "8522", () => call.getCallConnectionProperties());
    assert.deepEqual((await stage.phone(phone)).hears.with, [OUTSIDE]);
  });

  test("a customer is transferred out of a group to another agent", async () => {
    const { call } = await stage.connectWithAgent();
    await stage.phoneBehaves(OUTSIDE, { do: "answer", after_ms: 50 });
    await stage.refused(400, "8523", () => call.transferCallToParticipant({ phoneNumber: OUTSIDE }));
    await call.transferCallToParticipant({ phoneNumber: OUTSIDE }, { transferee: CALLER_IDENTIFIER });
    const accepted = await stage.next("CallTransferAccepted");
    assert.equal(accepted.transferee.rawId, CALLER_RAW);
    assert.deepEqual(await stage.names(call), [AGENT_RAW]);
    await call.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("a customer is transferred to an agent", async () => {
    await stage.agentBehaves({ do: "answer", after_ms: 50 });
    const { call } = await stage.connect();
    await call.transferCallToParticipant(extensionUser(), { operationContext: "agent" });
    const accepted = await stage.next("CallTransferAccepted");
    assert.deepEqual([accepted.operationContext, accepted.transferTarget.rawId], ["agent", AGENT_RAW]);
    await stage.next("CallDisconnected");
  });

  test("a transfer that comes to nothing leaves the call, and only one runs at a time", async () => {
    await stage.phoneBehaves(BUSY, { do: "busy", after_ms: 300 });
    const { call } = await stage.connect();
    await call.transferCallToParticipant({ phoneNumber: BUSY }, { operationContext: "busy" });
    assert.equal((await call.getCallConnectionProperties()).callConnectionState, "transferring");
    await stage.refused(409, "8607", () => call.transferCallToParticipant({ phoneNumber: OUTSIDE }));
    const failed = await stage.next("CallTransferFailed");
    assert.equal(failed.operationContext, "busy");
    assert.deepEqual(result(failed), [486, 8539]);
    assert.equal((await call.getCallConnectionProperties()).callConnectionState, "connected");
    await stage.fault("transfer_failed", { sub_code: 8541 });
    await call.transferCallToParticipant({ phoneNumber: OUTSIDE });
    assert.equal((await stage.next("CallTransferFailed")).resultInformation.subCode, 8541);
  });

  test("transfers that Teams Phone extensibility cannot do are refused", async () => {
    const { call } = await stage.connectWithAgent();
    const transferee = CALLER_IDENTIFIER;
    const sourceCallIdNumber = { phoneNumber: NUMBER };
    await stage.refused(400, "8523", () =>
      call.transferCallToParticipant({ microsoftTeamsUserId: AGENT }, { transferee }),
    );
    await stage.refused(400, "8523", () =>
      call.transferCallToParticipant({ phoneNumber: OUTSIDE }, { transferee, sourceCallIdNumber }),
    );
    await stage.refused(400, "8559", () => call.transferCallToParticipant(extensionUser(), { transferee }));
    assert.deepEqual(await stage.names(call), [CALLER_RAW, AGENT_RAW]);
  });
});
