// A running emulator: the program in TANDEM_BIN, on free ports. Nothing here knows how Tandem works.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DEADLINE_MS, until } from "./until.js";

export const TENANT = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
export const APP = "aa123456-1234-1234-1234-aaa123456789";
export const SECRET = "tandem-emulator-secret";
export const RESOURCE = "e5b7f628-ea94-4fdc-b3d9-1af1fe231111";
export const KEY = "dGFuZGVtLWVtdWxhdG9yLWFjY2Vzcy1rZXktMDE=";
export const ACCOUNT = "cc123456-5678-5678-1234-ccc123456789";
export const NUMBER = "+14255550100";
export const AGENT = "0269be4d-5be0-4770-bf9c-a1bf50ee78d5";
export const SECOND_AGENT = "0269be4d-5be0-4770-bf9c-a1bf50ee78d6";
export const CALLER = "+12065551212";

const KEY_FILES = ["ca.pem", "ca-key.pem", "callback-key.pem", "entra-key.pem"];

/** They end with this process, however it ends. */
const running = new Set();
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
process.on("exit", () => running.forEach((child) => child.kill("SIGTERM")));

export class Emulator {
  /** On a directory of its own, with the authority that the run trusts; `data` is left where it is. */
  static async start({ data, flags = [] } = {}) {
    const directory = data ?? (await mkdtemp(join(tmpdir(), "tandem-javascript-")));
    await mkdir(directory, { recursive: true });
    if (!data) {
      for (const name of KEY_FILES) {
        await cp(join(process.env.TANDEM_AUTHORITY, name), join(directory, name));
      }
    }
    const listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    const child = spawn(process.env.TANDEM_BIN, ["emulator", ...listen, "--data", directory, ...flags], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    const emulator = new Emulator(child, directory, data === undefined);
    await emulator.#isReady();
    return emulator;
  }

  constructor(child, directory, isOwn) {
    this.child = child;
    this.directory = directory;
    this.isOwn = isOwn;
  }

  async #isReady() {
    const file = join(this.directory, "addresses.json");
    await until("the emulator has written its addresses", () => {
      if (this.child.exitCode !== null) throw new Error(`the emulator ended with ${this.child.exitCode}`);
      return isThere(file);
    });
    this.addresses = JSON.parse(await readFile(file, "utf8"));
    this.https = this.addresses.https;
    this.http = this.addresses.http;
  }

  async stop() {
    const ended = once(this.child, "exit");
    this.child.kill("SIGINT");
    await ended;
    if (this.isOwn) await rm(this.directory, { recursive: true });
  }

  /** The control API: the answer's body, or an error that quotes it. */
  async control(method, path, body) {
    const response = await fetch(`${this.http}/_emulator${path}`, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** What the emulator made for whoever takes its callbacks. */
  async applicationTls() {
    const read = (name) => readFile(join(this.directory, name));
    return { cert: await read("application.pem"), key: await read("application-key.pem") };
  }

  /** A document of the services, over TLS. */
  async document(path) {
    const response = await fetch(this.https + path, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return response.json();
  }

  /** What was requested of the services after request `n`. */
  async requestsAfter(n) {
    const requests = await this.control("GET", "/requests");
    return requests.filter((request) => request.n > n);
  }

  async lastRequest() {
    const requests = await this.control("GET", "/requests");
    return requests.at(-1)?.n ?? 0;
  }
}

async function isThere(file) {
  return access(file).then(
    () => true,
    () => false,
  );
}
