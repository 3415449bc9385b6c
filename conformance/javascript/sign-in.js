// A person signs in at the emulated Entra with MSAL for Node: the application's side, and the browser's.

import assert from "node:assert/strict";

import { ConfidentialClientApplication, CryptoProvider } from "@azure/msal-node";

import { AGENT, APP, SECRET, TENANT } from "./emulator.js";

export const REDIRECT = "http://localhost:9/back";
export const READ = ["User.Read"];

export function signInAt(stage) {
  const application = ({ tenant = TENANT, clientId = APP, ...credential } = {}) =>
    new ConfidentialClientApplication({
      auth: {
        clientId,
        authority: `${stage.emulator.https}/${tenant}`,
        knownAuthorities: [new URL(stage.emulator.https).host],
        ...(Object.keys(credential).length === 0 ? { clientSecret: SECRET } : credential),
      },
    });

  /** Follows the address as a browser does in which this person is signed in, up to the way back. */
  const browser = async (address, oid = AGENT) => {
    await stage.control("POST", "/entra/sign-ins", { oid });
    const response = await fetch(address, { redirect: "manual" });
    assert.equal(response.status, 302);
    return Object.fromEntries(new URL(response.headers.get("location")).searchParams);
  };

  /** A person comes as far as the code; `finish` is the application's last step. */
  const begin = async (app, scopes = READ) => {
    const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
    const request = { scopes, redirectUri: REDIRECT, state: "s1", nonce: "n1" };
    const address = await app.getAuthCodeUrl({ ...request, codeChallenge: challenge, codeChallengeMethod: "S256" });
    const back = await browser(address);
    const finish = ({ codeVerifier = verifier, nonce = "n1", state = back.state } = {}) =>
      app.acquireTokenByCode(
        { scopes, redirectUri: REDIRECT, code: back.code, codeVerifier, nonce, state: "s1" },
        { code: back.code, state },
      );
    return { back, finish };
  };

  const signIn = async (app, scopes) => (await begin(app, scopes)).finish();

  return { application, browser, begin, signIn };
}
