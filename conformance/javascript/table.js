// Writes this client's share of docs/emulator-conformance.md: which operation which client used in which case, and the
// statuses that the emulator answered. Fails when an operation or a kind of callback of the contract was not seen.
//   node table.js SEEN SHARE    SEEN is the directory that the cases wrote to

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { EVENT_KINDS, OPERATION_NAMES } from "./contract.js";

/** The token that a client with an Entra credential fetches before its own requests. */
function isFetchedOnTheWay({ operation, client }) {
  return client.endsWith(", Entra") && ["EntraDiscovery", "Token"].includes(operation);
}

const [, , seen, share] = process.argv;
const lines = readdirSync(seen).flatMap((name) => readFileSync(join(seen, name), "utf8").trim().split("\n"));
const entries = lines.map((line) => JSON.parse(line));
const requests = entries.filter((entry) => entry.operation && !isFetchedOnTheWay(entry));
const kinds = new Set(entries.map((entry) => entry.callback).filter(Boolean));

const missing = [
  ...OPERATION_NAMES.filter((name) => !requests.some(({ operation, status }) => operation === name && status < 300)),
  ...EVENT_KINDS.filter((kind) => !kinds.has(kind)),
];
if (missing.length > 0) {
  console.error(`no case shows ${missing.join(", ")}`);
  process.exit(1);
}

/** Operation and case, to the statuses and the clients. */
const rows = new Map();
for (const { operation, case: name, status, client } of requests) {
  const key = `${operation} | ${name}`;
  const byClient = rows.get(key) ?? new Map();
  rows.set(key, byClient);
  byClient.set(client, (byClient.get(client) ?? new Set()).add(status));
}

/** `NAME: way, way` of clients that are named `NAME, way`. */
function namesOf(clients) {
  const ways = new Map();
  for (const client of clients.sort()) {
    const [name, way] = client.split(", ");
    ways.set(name, [...(ways.get(name) ?? []), ...(way ? [way] : [])]);
  }
  return [...ways].map(([name, list]) => (list.length > 0 ? `${name}: ${list.join(", ")}` : name)).join("; ");
}

const written = [];
for (const [key, byClient] of rows) {
  const byResult = new Map();
  for (const [client, statuses] of byClient) {
    const result = [...statuses].sort().join(", ");
    byResult.set(result, [...(byResult.get(result) ?? []), client]);
  }
  for (const [result, clients] of byResult) written.push(`| ${key} | ${result} | ${namesOf(clients)} |\n`);
}
writeFileSync(share, written.join(""));
