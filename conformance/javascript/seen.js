// What the cases saw, one line of JSON each, in a file of this process: `table.js` reads it.

import { appendFileSync } from "node:fs";
import { join } from "node:path";

export function writeDown(entry) {
  const directory = process.env.TANDEM_SEEN;
  if (directory) appendFileSync(join(directory, `${process.pid}.jsonl`), `${JSON.stringify(entry)}\n`);
}
