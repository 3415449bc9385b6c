// What every request must have: who asks, the api-version, and an id under which it is carried out once.

import assert from "node:assert/strict";

import { CallAutomationClient } from "@azure/communication-call-automation";
import { AzureKeyCredential } from "@azure/core-auth";

import { Emulator, KEY } from "./emulator.js";
import { RESOURCE_ACCOUNT, entraCredential, withAccessKey, withEveryWayIn } from "./stage.js";

const REPEATED = "c7d1ae2f-8f9b-4d9b-9b55-3d0a5a2f9a01";

withEveryWayIn((test, stage) => {
  /** A client of its own on the same way in, each of whose requests is changed before it is signed. */
  const changed = (change, options = stage.options()) => {
    const sendRequest = (request, next) => {
      change(request);
      return next(request);
    };
    options.additionalPolicies.push({ policy: { name: "change", sendRequest }, position: "perCall" });
    return stage.openClient(stage.emulator, options);
  };

  const dial = (client, number) =>
    client.createCall({ targetParticipant: { phoneNumber: number } }, stage.receiver.callbackUrl, {
      teamsAppSource: RESOURCE_ACCOUNT,
    });

  test("a request under an id is carried out once, and another under that id is refused", async () => {
    const client = changed((request) => request.headers.set("Repeatability-Request-ID", REPEATED));
    const { callConnectionProperties: first } = await dial(client, "+12065550123");
    const { callConnectionProperties: second } = await dial(client, "+12065550123");
    assert.deepEqual(second, first);
    await stage.refused(400, "8523", () => dial(client, "+12065550124"));
    await stage.next("CallConnected");
    await stage.client.getCallConnection(first.callConnectionId).hangUp(true);
    await stage.next("CallDisconnected");
  });

  test("a request without an api-version, or of one that there is not, is refused", async () => {
    for (const query of ["", "?api-version=1999-01-01"]) {
      const client = changed((request) => (request.url = request.url.split("?")[0] + query));
      await stage.refused(400, "8523", () => client.getCallConnection("nowhere").getCallConnectionProperties());
    }
  });

  test("an operation that the service does not have is not implemented, and says so", async () => {
    // Not held against the contract, which does not have it either.
    const client = changed((request) => (request.url = request.url.replace(":terminate", ":explode")), {
      additionalPolicies: [],
    });
    const asked = () => client.getCallConnection("nowhere").hangUp(true);
    await stage.refused(501, "8520", asked);
    await assert.rejects(asked, /does not know POST .*:explode/);
  });

  test("an operation of a preview is refused with the error that is documented", async () => {
    const client = changed((request) => (request.url = request.url.replace(":terminate", ":summarizeCall")), {
      additionalPolicies: [],
    });
    const summarize = () => client.getCallConnection("nowhere").hangUp(true);
    await stage.refused(405, "8520", summarize);
    await assert.rejects(summarize, /CallMedia_SummarizeCall/);
  });

  test("a body that is no JSON is refused", async () => {
    const client = changed((request) => (request.body = "{"));
    await stage.refused(400, "8523", () => dial(client, "+12065550123"));
  });

  test("whoever does not show who they are is refused", async () => {
    const strangers = [
      new CallAutomationClient(stage.emulator.https, new AzureKeyCredential("b3RoZXI="), stage.options()),
      new CallAutomationClient(
        stage.emulator.https,
        { getToken: () => entraCredential(stage.emulator).getToken("https://graph.microsoft.com/.default") },
        stage.options(),
      ),
      new CallAutomationClient(
        stage.emulator.https,
        { getToken: async () => ({ token: "nothing", expiresOnTimestamp: Date.now() + 60_000 }) },
        stage.options(),
      ),
    ];
    const codes = ["7509", "7501", "7501"];
    for (const [at, client] of strangers.entries()) {
      await stage.refused(401, codes[at], () => client.getCallConnection("nowhere").getCallConnectionProperties());
    }
  });
});

withAccessKey((test, stage) => {
  test("a strict service takes no plain address", async () => {
    const strict = await Emulator.start({ flags: ["--strict"] });
    try {
      const client = new CallAutomationClient(strict.https, new AzureKeyCredential(KEY), stage.options());
      const invite = { targetParticipant: { phoneNumber: "+12065550123" } };
      const options = { teamsAppSource: RESOURCE_ACCOUNT };
      await stage.refused(400, "8523", () => client.createCall(invite, "http://127.0.0.1:1/callbacks", options));
      await client.createCall(invite, "https://127.0.0.1:1/callbacks", options);
    } finally {
      await strict.stop();
    }
  });
});
