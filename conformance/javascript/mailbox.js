// What came, until a test asks for it; a test that asks for what does not come fails at its deadline.

import { DEADLINE_MS } from "./until.js";

export class Mailbox {
  #waiting = [];
  #wish;

  put(item) {
    this.#waiting.push(item);
    this.#wish?.();
  }

  /** The first item that is wanted. Others stay: the service promises no order. */
  async take(what, wanted = () => true) {
    const until = Date.now() + DEADLINE_MS;
    for (;;) {
      const at = this.#waiting.findIndex(wanted);
      if (at >= 0) return this.#waiting.splice(at, 1)[0];
      await this.#more(what, until);
    }
  }

  #more(what, until) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`no ${what} came; there is ${this.#inventory()}`));
      const timer = setTimeout(late, Math.max(0, until - Date.now()));
      this.#wish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #inventory() {
    return this.#waiting.map((item) => item.kind ?? item.eventType ?? "something").join(", ") || "nothing";
  }
}
