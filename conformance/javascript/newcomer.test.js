// What docs/emulator.md tells a newcomer to do, done as it stands: every block of JavaScript and every command of the
// section "Pointing an SDK at it", at the addresses of this run.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, connect } from "node:net";

import { packageName, withOwnShapes } from "./stage.js";
import { DEADLINE_MS, until } from "./until.js";

const PAGE = new URL("../../docs/emulator.md", import.meta.url);
const HERE = new URL(".", import.meta.url);

/** The blocks of one language in the section. */
function blocks(language) {
  const page = readFileSync(PAGE, "utf8");
  const section = page.split("### Pointing an SDK at it\n")[1].split("\n## ")[0];
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms"))].map((match) => match[1]);
}

withOwnShapes(`docs/emulator.md with ${packageName("@azure/communication-call-automation")}`, (test, stage) => {
  /** The block at the addresses of this run. */
  const here = (block, port = 8000) =>
    block
      .replaceAll("127.0.0.1:8443", new URL(stage.emulator.https).host)
      .replaceAll("127.0.0.1:8080", new URL(stage.emulator.http).host)
      .replaceAll("127.0.0.1:8000", `127.0.0.1:${port}`)
      .replaceAll("listen(8000,", `listen(${port},`)
      .replaceAll("emulator-data/", `${stage.emulator.directory}/`);

  const start = (program, ...parameters) => {
    const child = spawn(program, parameters, { cwd: HERE, stdio: ["ignore", "pipe", "pipe"], timeout: DEADLINE_MS });
    const said = { out: "", errors: "" };
    child.stdout.on("data", (data) => (said.out += data));
    child.stderr.on("data", (data) => (said.errors += data));
    const ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, ...said })));
    return { child, ended };
  };

  const succeeds = async ({ ended }) => {
    const { code, out, errors } = await ended;
    assert.equal(code, 0, errors);
    return out;
  };

  const node = (block, port) => start(process.execPath, "--input-type=module", "--eval", here(block, port));
  const shell = (block, port) => start("sh", "-euc", here(block, port));

  // B-164: no tunnel and no tenant between the first command and the first answered call.
  test("the application of the page answers a call that the commands of the page place", async () => {
    const port = await freePort();
    const application = node(blocks("js").find((block) => block.includes("createServer")), port);
    await until("the application listens", () => canConnect(port));
    await succeeds(shell(blocks("sh").find((block) => block.includes("pstn-calls")), port));
    const told = (await succeeds(application)).trim().split("\n");
    for (const kind of ["CallConnected", "PlayStarted", "PlayCompleted", "CallDisconnected"]) {
      assert.ok(told.includes(kind), `${told}`);
    }
    const calls = await stage.control("GET", "/pstn-calls");
    assert.deepEqual(calls.map((call) => call.state), ["ended"]);
  });

  test("every other block of JavaScript runs as it stands", async () => {
    const others = blocks("js").filter((block) => !block.includes("createServer"));
    assert.equal(others.length, 5);
    for (const block of others) await succeeds(node(block));
  });

  test("a call is made with curl and a token", async () => {
    const made = await succeeds(shell(blocks("sh").find((block) => block.includes("callConnections"))));
    assert.equal(JSON.parse(made).callConnectionState, "connecting");
  });
});

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
