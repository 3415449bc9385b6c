// Microsoft Graph's own client for JavaScript, unmodified, with tokens of MSAL: pointed at an emulator by its public options.

import assert from "node:assert/strict";

import { ConfidentialClientApplication } from "@azure/msal-node";
import { Client } from "@microsoft/microsoft-graph-client";

import { APP, SECRET, TENANT } from "./emulator.js";
import { packageName, withEmulator } from "./stage.js";

const SCOPES = ["https://graph.microsoft.com/.default"];

export const EVENTUALLY = ["ConsistencyLevel", "eventual"];

/** Runs the cases with an emulator of their own; the last argument of the body makes clients. */
export function withGraph(cases, flags) {
  const client = packageName("@microsoft/microsoft-graph-client");
  const name = `${client} with ${packageName("@azure/msal-node")}, Entra`;
  withEmulator(name, (test, stage) => cases(test, stage, (options) => graphAt(stage, options)), flags);
}

/** A client of Graph; without a token of its own it is the application's. */
function graphAt(stage, { token, version = "v1.0" } = {}) {
  const { https } = stage.emulator;
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: APP,
      clientSecret: SECRET,
      authority: `${https}/${TENANT}`,
      knownAuthorities: [new URL(https).host],
    },
  });
  const ofApplication = async () => (await app.acquireTokenByClientCredential({ scopes: SCOPES })).accessToken;
  return Client.initWithMiddleware({
    baseUrl: `${https}/`,
    defaultVersion: version,
    customHosts: new Set(["127.0.0.1"]),
    authProvider: { getAccessToken: async () => token ?? ofApplication() },
  });
}

/** The service refuses with this status and this code. */
export function isRefused(status, code, operation) {
  return assert.rejects(operation, (error) => {
    assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
    assert.ok(error.requestId);
    return true;
  });
}
