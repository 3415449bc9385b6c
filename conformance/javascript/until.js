// Looks again and again until something is so, up to the deadline.

import { setTimeout as pause } from "node:timers/promises";

export const DEADLINE_MS = 20_000;
const PAUSE_MS = 20;

export async function until(what, look) {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
    await pause(PAUSE_MS); // poll: until it is so
  }
}
