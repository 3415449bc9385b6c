// What takes the notices of a subscription: answers handshakes, and reads resource data with a key of its own.

import assert from "node:assert/strict";
import { constants, createDecipheriv, createHmac, privateDecrypt } from "node:crypto";
import { createServer } from "node:https";

import { newCertificate } from "./certificate.js";
import { Mailbox } from "./mailbox.js";

export class Notices {
  #taken = new Mailbox();
  validates = true;
  #own = newCertificate();

  static async open(emulator) {
    const notices = new Notices();
    notices.server = createServer(await emulator.applicationTls(), (request, response) => notices.#take(request, response));
    await new Promise((resolve) => notices.server.listen(0, "127.0.0.1", resolve));
    notices.url = `https://127.0.0.1:${notices.server.address().port}`;
    return notices;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** DER in base64, as a subscription has it. */
  get certificate() {
    return this.#own.pem.replace(/-----.*-----|\n/g, "");
  }

  async #take(request, response) {
    const address = new URL(request.url, this.url);
    const token = address.searchParams.get("validationToken");
    let text = "";
    for await (const chunk of request) text += chunk;
    if (token !== null) {
      response.writeHead(this.validates ? 200 : 500, { "Content-Type": "text/plain" }).end(token);
      return;
    }
    this.#taken.put({ path: address.pathname, ...JSON.parse(text) });
    response.writeHead(202).end();
  }

  /** The next notices at this path. */
  next(path = "/notices") {
    return this.#taken.take(path, (notice) => notice.path === path);
  }

  /** Resource data, by the four steps that Microsoft documents. */
  read({ data, dataKey, dataSignature }) {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const secret = privateDecrypt({ key: this.#own.privateKey, padding, oaepHash: "sha1" }, Buffer.from(dataKey, "base64"));
    const bytes = Buffer.from(data, "base64");
    assert.equal(createHmac("sha256", secret).update(bytes).digest("base64"), dataSignature);
    const decipher = createDecipheriv("aes-256-cbc", secret, secret.subarray(0, 16));
    return JSON.parse(Buffer.concat([decipher.update(bytes), decipher.final()]).toString());
  }
}
