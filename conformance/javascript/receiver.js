// The application's side: takes events of Event Grid and callbacks, verifies the token of every callback, has the SDKs'
// own parsers read them, and holds them against the contract.

import { createServer } from "node:https";

import { parseCallAutomationEvent } from "@azure/communication-call-automation";
import { EventGridDeserializer } from "@azure/eventgrid";
import { createLocalJWKSet, jwtVerify } from "jose";

import { faultsOfCallback, faultsOfIncomingCall, kindOf } from "./contract.js";
import { RESOURCE } from "./emulator.js";
import { Mailbox } from "./mailbox.js";
import { writeDown } from "./seen.js";

const EVENTS_PATH = "/events";

export class Receiver {
  incoming = new Mailbox();
  /** What was wrong with what came. */
  faults = [];
  /** Callbacks of this case, and those that an operation sends elsewhere (`operationCallbackUri`). */
  #callbacks = new Mailbox();
  #elsewhere = new Mailbox();
  #n = 0;

  static async open(emulator) {
    const receiver = new Receiver();
    receiver.emulator = emulator;
    const discovery = await emulator.document("/calling/.well-known/acsopenidconfiguration");
    receiver.issuer = discovery.issuer;
    // The document names the keys as seen from outside; the emulator serves them itself.
    receiver.keys = createLocalJWKSet(await emulator.document(new URL(discovery.jwks_uri).pathname));
    await receiver.#listen(await emulator.applicationTls());
    return receiver;
  }

  async #listen(tls) {
    this.server = createServer(tls, (request, response) => {
      this.#take(request).then(
        (answer) => response.end(answer),
        (error) => {
          this.faults.push(`${request.url}: ${error}`);
          response.writeHead(401).end();
        },
      );
    });
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `https://127.0.0.1:${this.server.address().port}`;
    this.eventsUrl = this.url + EVENTS_PATH;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** A new case begins: late callbacks of the calls of earlier ones go to addresses of their own. */
  begin() {
    this.#n += 1;
    this.callbackUrl = `${this.url}/callbacks/${this.#n}`;
    this.otherCallbackUrl = `${this.url}/elsewhere/${this.#n}`;
    this.#callbacks = new Mailbox();
    this.#elsewhere = new Mailbox();
    this.incoming = new Mailbox();
    this.faults = [];
  }

  /** The next callback of this kind, as the SDK's parser reads it. */
  next(kind, wanted = () => true) {
    return this.#callbacks.take(kind, (event) => event.kind === kind && wanted(event));
  }

  nextElsewhere(kind) {
    return this.#elsewhere.take(kind, (event) => event.kind === kind);
  }

  async #take(request) {
    const text = await bodyOf(request);
    if (request.url === EVENTS_PATH) return this.#event(request.headers, text);
    await this.verify(request.headers);
    const [envelope] = JSON.parse(text);
    this.faults.push(...faultsOfCallback(envelope));
    const event = parseCallAutomationEvent(text);
    if (event.kind !== kindOf(envelope.type)) this.faults.push(`${envelope.type} was read as ${event.kind}`);
    writeDown({ callback: event.kind });
    if (this.url + request.url === this.callbackUrl) this.#callbacks.put(event);
    if (this.url + request.url === this.otherCallbackUrl) this.#elsewhere.put(event);
    return "";
  }

  async #event(headers, text) {
    const [event] = await new EventGridDeserializer().deserializeEventGridEvents(text);
    if (headers["aeg-event-type"] === "SubscriptionValidation") {
      return JSON.stringify({ validationResponse: event.data.validationCode });
    }
    if (kindOf(event.eventType) === "IncomingCall") this.faults.push(...faultsOfIncomingCall(event.data));
    this.incoming.put(event);
    return "";
  }

  /** Callbacks and WebSockets bear a token of Call Automation for this resource. */
  async verify(headers) {
    const [scheme, token] = (headers.authorization ?? "").split(" ");
    if (scheme !== "Bearer") throw new Error(`authorization ${scheme}`);
    await jwtVerify(token, this.keys, { issuer: this.issuer, audience: RESOURCE, algorithms: ["RS256"] });
  }
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
