// Each error that is documented for each of the 34 operations of the contract, and each result that a callback tells.
// The tests are made of the contract and of conformance/contract/errors.json; a condition without a case is a test
// that fails.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test as nodeTest } from "node:test";

import { OPERATION_NAMES, operationNamed } from "./contract.js";
import { FAILURES } from "./failures.js";
import { REFUSALS, RETRY_AFTER_S } from "./refusals.js";
import { ASKED, Scene } from "./scene.js";
import { Socket } from "./socket.js";
import { withSteppedClock } from "./stage.js";

const DOCUMENTED = JSON.parse(readFileSync(new URL("../contract/errors.json", import.meta.url), "utf8"));
const ENTRIES = [...DOCUMENTED.errors, ...DOCUMENTED.results];
const ROW = "each documented error and result";

/** What `of` may say beside names of operations. */
const TRAITS = {
  every: () => true,
  body: (operation) => operation.hasBody,
  required: (operation) => operation.required.length > 0,
  call: (operation) => operation.isOfCall,
  recording: (operation) => operation.isOfRecording,
  repeatable: (operation) => operation.isRepeatable,
};

function isOf(entry, name) {
  const operation = operationNamed(name);
  return entry.of.some((of) => (TRAITS[of] ? TRAITS[of](operation) : of === name));
}

/** The client throws this error of the service, whose body is that of the contract. */
async function isRefused({ status, code, retryAfter }, attempt) {
  await assert.rejects(attempt, (error) => {
    assert.deepEqual([error.statusCode, error.code], [status, code], error.message);
    const { error: body } = JSON.parse(error.response.bodyAsText);
    assert.equal(body.code, code);
    assert.ok(body.message);
    if (retryAfter) assert.equal(error.response.headers.get("retry-after"), String(RETRY_AFTER_S));
    return true;
  });
}

async function isTold(scene, { event, code, subCode }) {
  const { resultInformation: result } = await scene.next(event);
  assert.deepEqual([result.code, result.subCode], [code, subCode]);
  assert.ok(result.message);
}

async function play(scene, operation, entry) {
  if (entry.status === undefined) {
    await FAILURES[entry.when](scene, operation);
    await isTold(scene, entry);
  } else {
    await isRefused(entry, await REFUSALS[entry.when](scene, operation));
  }
}

withSteppedClock((test, stage) => {
  let socket;
  before(async () => (socket = await Socket.open(stage.receiver)));
  after(() => socket.close());

  const documented = (operation, entry) =>
    test(
      `${operation}, when ${entry.when}`,
      async () => {
        const scene = await Scene.open(stage, socket.url);
        try {
          await play(scene, operation, entry);
        } finally {
          await scene.close();
        }
      },
      ROW,
    );

  for (const operation of OPERATION_NAMES) {
    for (const entry of ENTRIES.filter((one) => isOf(one, operation))) documented(operation, entry);
  }
});

describe("the list itself, against the contract and against the cases", () => {
  nodeTest("every operation of the contract has a way to ask for it", () => {
    assert.deepEqual(Object.keys(ASKED).sort(), [...OPERATION_NAMES].sort());
  });

  nodeTest("every condition has a case and every case a condition", () => {
    const conditions = (isWanted) => [...new Set(ENTRIES.filter(isWanted).map((one) => one.when))].sort();
    assert.deepEqual(conditions((one) => one.status !== undefined), Object.keys(REFUSALS).sort());
    assert.deepEqual(conditions((one) => one.event !== undefined), Object.keys(FAILURES).sort());
  });
});
