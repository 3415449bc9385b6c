// Agents' clients: whom the resource serves, and the tokens that a person's token of Entra is exchanged for.

import assert from "node:assert/strict";

import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { CommunicationIdentityClient } from "@azure/communication-identity";
import { AzureKeyCredential } from "@azure/core-auth";
import { decodeJwt } from "jose";

import { ACCOUNT, AGENT, APP, KEY, RESOURCE, SECOND_AGENT, TENANT } from "./emulator.js";
import { signInAt } from "./sign-in.js";
import { AGENT_RAW, entraCredential, packageName, withEmulator } from "./stage.js";

const PREFIX = "https://auth.msft.communication.azure.com";
const EXTENSION = [`${PREFIX}/TeamsExtension.ManageCalls`];
const TEAMS = [`${PREFIX}/Teams.ManageCalls`];
const CLIENTS = `${packageName("@azure/communication-common")} with ${packageName("@azure/msal-node")}`;

withEmulator(CLIENTS, (test, stage) => {
  const { application, signIn } = signInAt(stage);

  /** What the administrator of the resource does; no client of JavaScript has these three requests. */
  const assignment = async (method, oid, body) => {
    const { token } = await entraCredential(stage.emulator).getToken("https://communication.azure.com//.default");
    const path = `/access/teamsExtension/tenants/${TENANT}/assignments/${oid}?api-version=2025-06-30`;
    return fetch(stage.emulator.https + path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
  };

  const exchanging = (accessToken) =>
    new AzureCommunicationTokenCredential({
      resourceEndpoint: stage.emulator.https,
      scopes: EXTENSION,
      tokenCredential: { getToken: async () => ({ token: accessToken, expiresOnTimestamp: Date.now() + 60_000 }) },
    });

  test("an agent's client has a token of its own once the agent is assigned", async () => {
    const { accessToken } = await signIn(application(), EXTENSION);
    await assert.rejects(() => exchanging(accessToken).getToken(), /Status: 403/);
    const body = { principalType: "user", clientIds: [APP] };
    const assigned = await assignment("PUT", AGENT, body);
    assert.equal(assigned.status, 201);
    assert.equal((await assignment("PUT", AGENT, body)).status, 200);
    const read = await assignment("GET", AGENT);
    assert.deepEqual(await read.json(), { objectId: AGENT, tenantId: TENANT, ...body });
    const { token, expiresOnTimestamp } = await exchanging(accessToken).getToken();
    assert.equal(`8:${decodeJwt(token).skypeid}`, AGENT_RAW);
    assert.equal(decodeJwt(token).resourceId, RESOURCE);
    assert.ok(expiresOnTimestamp > Date.now());
    assert.equal((await assignment("DELETE", AGENT)).status, 204);
    assert.equal((await assignment("GET", AGENT)).status, 404);
    await assert.rejects(() => exchanging(accessToken).getToken(), /Status: 403/);
  });

  test("a token of another kind, or of somebody without Teams, is not exchanged", async () => {
    await assignment("PUT", AGENT, { principalType: "user", clientIds: [APP] });
    const { accessToken: other } = await signIn(application(), TEAMS);
    await assert.rejects(() => exchanging(other).getToken(), /Status: 403/);
    await assert.rejects(() => exchanging("nothing").getToken(), /Status: 401/);
    const { accessToken } = await signIn(application(), EXTENSION);
    await stage.control("PUT", `/teams-users/${AGENT}/behaviour`, { teams_phone: false });
    await assert.rejects(() => exchanging(accessToken).getToken(), /UserLicenseNotPresentForbidden/);
    await stage.control("PUT", `/teams-users/${AGENT}/behaviour`, { teams_phone: true });
  });

  test("a resource account is assigned from the start", async () => {
    const read = await assignment("GET", ACCOUNT);
    assert.equal(read.status, 200);
    assert.equal((await read.json()).principalType, "teamsResourceAccount");
  });

  test("a person's token is exchanged for one of the Teams user", async () => {
    const client = new CommunicationIdentityClient(stage.emulator.https, new AzureKeyCredential(KEY));
    const { accessToken } = await signIn(application(), TEAMS);
    const exchange = (userObjectId, clientId = APP) =>
      client.getTokenForTeamsUser({ teamsUserAadToken: accessToken, clientId, userObjectId });
    const { token, expiresOn } = await exchange(AGENT);
    assert.equal(decodeJwt(token).skypeid, `orgid:${AGENT}`);
    assert.ok(expiresOn > new Date());
    await stage.refused(400, "BadRequest", () => exchange(SECOND_AGENT));
  });
});
