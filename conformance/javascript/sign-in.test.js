// MSAL for Node, unmodified: applications by secret and certificate, people by code with PKCE, refresh, silent,
// on behalf of, and Entra's refusals with their codes.

import assert from "node:assert/strict";

import { InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";
import { SignJWT, createLocalJWKSet, decodeJwt, importPKCS8, jwtVerify } from "jose";

import { newCertificate } from "./certificate.js";
import { AGENT, APP, TENANT } from "./emulator.js";
import { READ, REDIRECT, signInAt } from "./sign-in.js";
import { packageName, withEmulator } from "./stage.js";
import { until } from "./until.js";

const GRAPH = ["https://graph.microsoft.com/.default"];
const OWN = [`api://${APP}/access_as_user`];
const GROUP = "dd123456-1234-1234-1234-ddd123456789";
const OTHER_APP = "bb123456-1234-1234-1234-bbb123456789";
const OTHER_TENANT = "99999999-44d7-43e1-9a83-5f2406dee5bd";

withEmulator(packageName("@azure/msal-node"), (test, stage) => {
  const { application, browser, begin, signIn } = signInAt(stage);

  /** Entra refuses with this error and this AADSTS code. */
  const refused = (error, code, operation) =>
    assert.rejects(operation, (raised) => {
      assert.equal(raised.errorCode, error, raised.errorMessage);
      assert.match(raised.errorMessage, new RegExp(`AADSTS${code}:`));
      assert.equal(String(raised.errorNo), String(code));
      return true;
    });

  const forApp = (app, scopes = GRAPH) => app.acquireTokenByClientCredential({ scopes, skipCache: true });

  test("an application has a token by its secret, and keeps it", async () => {
    const app = application();
    const first = await app.acquireTokenByClientCredential({ scopes: GRAPH });
    assert.equal(first.tokenType, "Bearer");
    assert.ok(first.expiresOn > new Date());
    const keys = createLocalJWKSet(await stage.emulator.document(`/${TENANT}/discovery/v2.0/keys`));
    const { payload } = await jwtVerify(first.accessToken, keys, { audience: "https://graph.microsoft.com" });
    assert.deepEqual([payload.appid, payload.tid, payload.idtyp, payload.appidacr], [APP, TENANT, "app", "1"]);
    const kept = await app.acquireTokenByClientCredential({ scopes: GRAPH });
    assert.deepEqual([kept.fromCache, kept.accessToken], [true, first.accessToken]);
    assert.equal((await forApp(app)).fromCache, false);
  });

  test("an application has a token by its certificate once that is registered", async () => {
    const { privateKey, pem, thumbprintSha256 } = newCertificate();
    const byThumbprint = { clientCertificate: { thumbprintSha256, privateKey } };
    const withChain = { clientCertificate: { thumbprintSha256, privateKey, x5c: pem } };
    await refused("invalid_client", 700027, () => forApp(application(byThumbprint)));
    await stage.control("PUT", "/entra/application", { certificates: [pem] });
    try {
      for (const credential of [byThumbprint, withChain]) {
        const { accessToken } = await forApp(application(credential));
        assert.equal(decodeJwt(accessToken).appidacr, "2");
      }
    } finally {
      await stage.control("PUT", "/entra/application", {});
    }
  });

  test("an assertion that is not for this, not from here or not of now is refused", async () => {
    const { privateKey, pem, thumbprintSha256 } = newCertificate();
    const key = await importPKCS8(privateKey, "PS256");
    const endpoint = `${stage.emulator.https}/${TENANT}/oauth2/v2.0/token`;
    const assertion = ({ audience = endpoint, issuer = APP, expires = "5m" } = {}) =>
      new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: "PS256", "x5t#S256": Buffer.from(thumbprintSha256, "hex").toString("base64url") })
        .setIssuer(issuer)
        .setSubject(issuer)
        .setAudience(audience)
        .setNotBefore("-10m")
        .setExpirationTime(expires)
        .sign(key);
    const by = async (parts) => forApp(application({ clientAssertion: await assertion(parts) }));
    await stage.control("PUT", "/entra/application", { certificates: [pem] });
    try {
      assert.ok((await by()).accessToken);
      await refused("invalid_client", 700023, () => by({ audience: "https://nothing.example/" }));
      await refused("invalid_client", 700021, () => by({ issuer: OTHER_APP }));
      await refused("invalid_client", 700024, () => by({ expires: "-5m" }));
    } finally {
      await stage.control("PUT", "/entra/application", {});
    }
  });

  test("an application that is not who it says is refused", async () => {
    await refused("invalid_client", 7000215, () => forApp(application({ clientSecret: "wrong" })));
    await refused("unauthorized_client", 700016, () => forApp(application({ clientId: OTHER_APP })));
    await stage.fault("secret_expired");
    await refused("invalid_client", 7000222, () => forApp(application()));
    await stage.fault("consent_revoked");
    await refused("unauthorized_client", 7000112, () => forApp(application()));
    await refused("invalid_scope", 1002012, () => forApp(application(), READ));
    await refused("invalid_resource", 500011, () => forApp(application(), ["https://nothing.example/.default"]));
  });

  test("a tenant that is not there is found out before anything is sent", async () => {
    await assert.rejects(() => forApp(application({ tenant: OTHER_TENANT })), /endpoints_resolution_error|AADSTS90002/);
  });

  test("a person signs in by a code with PKCE, with their roles", async () => {
    await stage.control("PUT", `/entra/groups/${GROUP}`, { app_roles: ["Supervisor"] });
    await stage.control("PUT", `/entra/people/${AGENT}`, { app_roles: ["Administrator"], groups: [GROUP] });
    const { back, finish } = await begin(application());
    assert.equal(back.state, "s1");
    const result = await finish();
    const claims = result.idTokenClaims;
    assert.deepEqual(claims.roles, ["Administrator", "Supervisor"]);
    assert.deepEqual([claims.oid, claims.tid, claims.aud, claims.nonce, claims.ver], [AGENT, TENANT, APP, "n1", "2.0"]);
    assert.equal(claims.iss, `https://login.microsoftonline.com/${TENANT}/v2.0`);
    assert.deepEqual([result.account.localAccountId, result.account.tenantId], [AGENT, TENANT]);
    assert.equal(result.account.homeAccountId, `${AGENT}.${TENANT}`);
    assert.ok(result.scopes.includes("User.Read"));
    const keys = createLocalJWKSet(await stage.emulator.document(`/${TENANT}/discovery/v2.0/keys`));
    await jwtVerify(result.idToken, keys, { audience: APP, issuer: claims.iss });
  });

  test("a code is good once, for its verifier, its state and its nonce", async () => {
    const { finish } = await begin(application());
    await assert.rejects(() => finish({ state: "forged" }), /state_mismatch/);
    await refused("invalid_grant", 501481, () => finish({ codeVerifier: "x".repeat(43) }));
    await refused("invalid_grant", 54005, () => finish());
    const other = await begin(application());
    await assert.rejects(() => other.finish({ nonce: "another" }), /nonce_mismatch/);
    const { finish: withWrongSecret } = await begin(application({ clientSecret: "wrong" }));
    await refused("invalid_client", 7000215, () => withWrongSecret());
  });

  test("a person of any organization signs in by the common door", async () => {
    const { idTokenClaims } = await signIn(application({ tenant: "organizations" }));
    assert.equal(idTokenClaims.iss, `https://login.microsoftonline.com/${TENANT}/v2.0`);
  });

  test("a sign-in is renewed in silence until Entra says no", async () => {
    const app = application();
    const { account, accessToken } = await signIn(app);
    const silent = (more = {}) => app.acquireTokenSilent({ account, scopes: READ, ...more });
    assert.deepEqual([(await silent()).fromCache, (await silent()).accessToken], [true, accessToken]);
    const renewed = await silent({ forceRefresh: true });
    assert.equal(renewed.fromCache, false);
    await stage.control("PUT", `/entra/people/${AGENT}`, { disabled: true });
    await refused("invalid_grant", 50057, () => silent({ forceRefresh: true }));
    await stage.control("PUT", `/entra/people/${AGENT}`, { disabled: false });
    await stage.fault("conditional_access", { match: { operation: "Token" } });
    await assert.rejects(
      () => silent({ forceRefresh: true }),
      (error) => {
        assert.ok(error instanceof InteractionRequiredAuthError, `${error}`);
        assert.match(error.errorMessage, /AADSTS53003:/);
        assert.ok(error.claims, "the claims to ask with");
        return true;
      },
    );
    await stage.control("POST", `/entra/people/${AGENT}/revoke`);
    await refused("invalid_grant", 50173, () => silent({ forceRefresh: true }));
  });

  test("a refresh token gives new tokens and one of its own", async () => {
    const app = application();
    await signIn(app);
    const secret = refreshTokens(app)[0];
    const other = application();
    const { accessToken, account } = await other.acquireTokenByRefreshToken({ refreshToken: secret, scopes: READ });
    assert.ok(accessToken);
    assert.equal(account.localAccountId, AGENT);
    assert.notEqual(refreshTokens(other)[0], secret);
    await refused("invalid_grant", 70000, () => other.acquireTokenByRefreshToken({ refreshToken: "x", scopes: READ }));
  });

  const refreshTokens = (app) =>
    Object.values(JSON.parse(app.getTokenCache().serialize()).RefreshToken).map((entry) => entry.secret);

  test("an application acts on behalf of a person, with a token that is for it", async () => {
    const { accessToken } = await signIn(application(), OWN);
    const onBehalfOf = (oboAssertion) =>
      application().acquireTokenOnBehalfOf({ oboAssertion, scopes: READ });
    const further = await onBehalfOf(accessToken);
    assert.equal(further.account.localAccountId, AGENT);
    await refused("invalid_grant", 50013, () => onBehalfOf(further.accessToken));
    await refused("invalid_grant", 50013, () => onBehalfOf("nothing"));
  });

  test("a sign-in that Entra does not allow comes back with its reason", async () => {
    const comeBack = async () => browser(await application().getAuthCodeUrl({ scopes: READ, redirectUri: REDIRECT }));
    await stage.control("PUT", "/entra/application", { assignment_required: true });
    await stage.control("PUT", `/entra/people/${AGENT}`, { app_roles: [], groups: [] });
    const unassigned = await comeBack();
    await stage.control("PUT", "/entra/application", { assignment_required: false, consented: false });
    const unconsented = await comeBack();
    await stage.control("PUT", "/entra/application", { consented: true });
    assert.match(unassigned.error_description, /^AADSTS50105:/);
    assert.match(unconsented.error_description, /^AADSTS65001:/);
    await stage.fault("conditional_access", { match: { operation: "Authorize" } });
    assert.match((await comeBack()).error_description, /^AADSTS53003:/);
  });

  const device = () =>
    new PublicClientApplication({
      auth: {
        clientId: APP,
        authority: `${stage.emulator.https}/${TENANT}`,
        knownAuthorities: [new URL(stage.emulator.https).host],
      },
    });

  const byDevice = (deviceCodeCallback) => device().acquireTokenByDeviceCode({ scopes: READ, deviceCodeCallback });

  /** The device was told once that nobody has come yet. */
  const hasAsked = async () => {
    const isPending = ({ operation, status }) => operation === "Token" && status === 400;
    const asked = () => stage.emulator.requestsAfter(stage.firstRequest);
    await until("the device has asked", async () => (await asked()).some(isPending));
  };

  test("a device signs in the person who types its code in elsewhere", async () => {
    const { account, accessToken, idTokenClaims } = await byDevice(async ({ userCode, verificationUri }) => {
      await hasAsked();
      await stage.control("POST", "/entra/sign-ins", { oid: AGENT });
      const page = await fetch(`${verificationUri}?${new URLSearchParams({ user_code: userCode })}`);
      assert.equal(page.status, 200);
    });
    assert.deepEqual([account.localAccountId, idTokenClaims.aud], [AGENT, APP]);
    assert.equal(decodeJwt(accessToken).appidacr, "0");
  });

  test("a device whose person wants nothing of it is told so", async () => {
    const declining = byDevice(({ userCode, verificationUri }) =>
      fetch(verificationUri, { method: "POST", body: new URLSearchParams({ user_code: userCode }) }),
    );
    // MSAL for Node passes on no more than the word.
    await assert.rejects(declining, (raised) => {
      assert.equal(raised.errorCode, "post_request_failed");
      assert.match(raised.errorMessage, /authorization_declined/);
      return true;
    });
  });
});
