// Users of the communication resource: made, given tokens, called, muted, answered, by Microsoft's identity client.

import assert from "node:assert/strict";

import { CallAutomationClient } from "@azure/communication-call-automation";
import { isSystemEvent } from "@azure/eventgrid";
import { AzureKeyCredential } from "@azure/core-auth";
import { CommunicationIdentityClient } from "@azure/communication-identity";

import { KEY } from "./emulator.js";
import { entraCredential, packageName, rawId, withAccessKey } from "./stage.js";

const CLIENT = `${packageName("@azure/communication-identity")} with ${packageName("@azure/communication-call-automation")}`;

const WAYS_IN = {
  "access key": (emulator) => new CommunicationIdentityClient(emulator.https, new AzureKeyCredential(KEY)),
  "connection string": (emulator) => new CommunicationIdentityClient(`endpoint=${emulator.https}/;accesskey=${KEY}`),
  Entra: (emulator) => new CommunicationIdentityClient(emulator.https, entraCredential(emulator)),
};

for (const [way, open] of Object.entries(WAYS_IN)) withAccessKey((test, stage) => cases(test, stage, open), CLIENT, way);

function cases(test, stage, open) {
  const identity = () => open(stage.emulator);
  const newUser = () => identity().createUser();

  test("a user has tokens that are revoked", async () => {
    const client = identity();
    const { user, token, expiresOn } = await client.createUserAndToken(["voip"], { tokenExpiresInMinutes: 60 });
    assert.match(user.communicationUserId, /^8:acs:/);
    const issued = await client.getToken(user, ["chat"]);
    assert.notEqual(issued.token, token);
    assert.ok(issued.expiresOn > expiresOn);
    await client.revokeTokens(user);
    const shown = await stage.control("GET", `/acs-users/${user.communicationUserId}`);
    assert.deepEqual(shown.tokens.map((one) => one.revoked), [true, true]);
    await client.deleteUser(user);
    const gone = [() => client.deleteUser(user), () => client.revokeTokens(user), () => client.getToken(user, ["voip"])];
    for (const operation of gone) await stage.refused(404, "IdentityNotFound", operation);
  });

  test("a token of an unknown scope or an impossible life is refused", async () => {
    const client = identity();
    const user = await client.createUser();
    await stage.refused(400, "BadRequest", () => client.createUserAndToken(["everything"]));
    await stage.refused(400, "BadRequest", () => client.getToken(user, []));
    await stage.refused(400, "BadRequest", () => client.getToken(user, ["everything"]));
    await stage.refused(400, "BadRequest", () => client.getToken(user, ["voip"], { tokenExpiresInMinutes: 59 }));
    await stage.refused(400, "BadRequest", () => client.getToken(user, ["voip"], { tokenExpiresInMinutes: 1441 }));
  });

  test("a user is called, another is added and muted", async () => {
    const [one, two] = [await newUser(), await newUser()];
    const { callConnection: call } = await stage.client.createCall(
      { targetParticipant: one },
      stage.receiver.callbackUrl,
      { operationContext: "out" },
    );
    assert.equal((await stage.next("CallConnected")).operationContext, "out");
    await call.addParticipant({ targetParticipant: two });
    await stage.next("AddParticipantSucceeded");
    const muted = await call.muteParticipant(two, { operationContext: "quiet" });
    assert.equal(muted.operationContext, "quiet");
    const updated = await stage.next("ParticipantsUpdated", (event) => event.participants.some((who) => who.isMuted));
    assert.deepEqual(
      updated.participants.filter((who) => who.isMuted).map((who) => rawId(who.identifier)),
      [two.communicationUserId],
    );
    assert.equal((await call.getParticipant(two)).isMuted, true);
    assert.equal((await call.getParticipant(one)).isMuted, false);
    await stage.refused(404, "8558", () => call.muteParticipant({ communicationUserId: "8:acs:nobody_1" }));
    await call.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("an application answers and calls as a user of the resource", async () => {
    const [caller, bot] = [await newUser(), await newUser()];
    const options = { ...stage.options(), sourceIdentity: bot };
    const client = new CallAutomationClient(stage.emulator.https, new AzureKeyCredential(KEY), options);
    const from = caller.communicationUserId;
    await stage.control("POST", "/voip-calls", { from, to: bot.communicationUserId });
    const { data } = await stage.event("IncomingCall", (event) => event.data.from.rawId === from);
    const answered = await client.answerCall(data.incomingCallContext, stage.receiver.callbackUrl);
    await stage.next("CallConnected");
    const read = await answered.callConnection.getCallConnectionProperties();
    assert.equal(read.answeredby.communicationUserId, bot.communicationUserId);
    await answered.callConnection.hangUp(true);
    await stage.next("CallDisconnected");
    const { callConnection: made } = await client.createCall({ targetParticipant: caller }, stage.receiver.callbackUrl);
    await stage.next("CallConnected");
    assert.equal(rawId((await made.getCallConnectionProperties()).source), bot.communicationUserId);
    await made.hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("a call of a user is announced and answered", async () => {
    const [caller, bot] = [await newUser(), await newUser()];
    const from = caller.communicationUserId;
    await stage.control("POST", "/voip-calls", { from, to: bot.communicationUserId });
    const { data } = await stage.event("IncomingCall", (event) => event.data.from.rawId === from);
    assert.equal(data.to.communicationUser.id, bot.communicationUserId);
    const { callConnection: call } = await stage.client.answerCall(
      data.incomingCallContext,
      stage.receiver.callbackUrl,
    );
    await stage.next("CallConnected");
    assert.deepEqual(await stage.names(call), [from]);
    await stage.control("POST", `/acs-users/${from}/hang-up`);
    await stage.next("CallDisconnected");
    const told = async (kind) => {
      const event = await stage.event(kind, (one) => one.data.serverCallId === data.serverCallId);
      assert.ok(isSystemEvent(event.eventType, event));
      assert.equal(event.data.correlationId, data.correlationId);
      assert.equal(event.data.isRoomsCall, false);
      return event.data;
    };
    assert.equal((await told("CallStarted")).startedBy.communicationIdentifier.rawId, from);
    assert.equal((await told("CallParticipantAdded")).user.communicationIdentifier.rawId, from);
    assert.equal((await told("CallParticipantRemoved")).user.communicationIdentifier.rawId, from);
    const { reason, callDurationInSeconds } = await told("CallEnded");
    assert.ok(reason.phrase && callDurationInSeconds >= 0);
  });
}
