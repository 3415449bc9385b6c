// The credentials of @azure/identity, unmodified: each asks the emulated Entra by itself.

import assert from "node:assert/strict";

import {
  AuthorizationCodeCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  OnBehalfOfCredential,
} from "@azure/identity";
import { decodeJwt } from "jose";

import { newCertificate } from "./certificate.js";
import { AGENT, APP, SECRET, TENANT } from "./emulator.js";
import { packageName, withEmulator } from "./stage.js";

const GRAPH = "https://graph.microsoft.com/.default";
const REDIRECT = "http://localhost:9/back";
const OWN = `api://${APP}/access_as_user`;

withEmulator(packageName("@azure/identity"), (test, stage) => {
  const options = () => ({ authorityHost: stage.emulator.https, disableInstanceDiscovery: true });

  const refused = (code, operation) =>
    assert.rejects(operation, new RegExp(`AADSTS${code}:`));

  test("a secret is a credential, and a wrong one is refused", async () => {
    const { token } = await new ClientSecretCredential(TENANT, APP, SECRET, options()).getToken(GRAPH);
    assert.deepEqual([decodeJwt(token).appid, decodeJwt(token).tid], [APP, TENANT]);
    const acs = await new ClientSecretCredential(TENANT, APP, SECRET, options()).getToken(
      "https://communication.azure.com//.default",
    );
    assert.equal(decodeJwt(acs.token).aud, "https://communication.azure.com/");
    await refused(7000215, () => new ClientSecretCredential(TENANT, APP, "wrong", options()).getToken(GRAPH));
  });

  test("a certificate is a credential once it is registered", async () => {
    const { privateKey, pem } = newCertificate();
    const credential = () => new ClientCertificateCredential(TENANT, APP, { certificate: privateKey + pem }, options());
    await refused(700027, () => credential().getToken(GRAPH));
    await stage.control("PUT", "/entra/application", { certificates: [pem] });
    try {
      assert.ok((await credential().getToken(GRAPH)).token);
    } finally {
      await stage.control("PUT", "/entra/application", {});
    }
  });

  test("a code is a credential, and what it gives is one on behalf of the person", async () => {
    const address = new URL(`${stage.emulator.https}/${TENANT}/oauth2/v2.0/authorize`);
    const query = { client_id: APP, response_type: "code", redirect_uri: REDIRECT, scope: `${OWN} openid offline_access` };
    address.search = new URLSearchParams(query);
    await stage.control("POST", "/entra/sign-ins", { oid: AGENT });
    const response = await fetch(address, { redirect: "manual" });
    const code = new URL(response.headers.get("location")).searchParams.get("code");
    const byCode = new AuthorizationCodeCredential(TENANT, APP, SECRET, code, REDIRECT, options());
    const { token } = await byCode.getToken(OWN);
    assert.equal(decodeJwt(token).oid, AGENT);
    const further = new OnBehalfOfCredential({
      tenantId: TENANT,
      clientId: APP,
      clientSecret: SECRET,
      userAssertionToken: token,
      ...options(),
    });
    assert.equal(decodeJwt((await further.getToken("https://graph.microsoft.com/User.Read")).token).oid, AGENT);
  });
});
