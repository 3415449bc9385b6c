// Events of Event Grid as CloudEvents, read by the client of Event Grid; in its own schema every case takes them.

import assert from "node:assert/strict";
import { createServer } from "node:https";

import { EventGridDeserializer, isSystemEvent } from "@azure/eventgrid";

import { faultsOfIncomingCall } from "./contract.js";
import { ACCOUNT } from "./emulator.js";
import { Mailbox } from "./mailbox.js";
import { CALLER_RAW, packageName, withAccessKey } from "./stage.js";

const CLIENTS = `${packageName("@azure/eventgrid")} with ${packageName("@azure/communication-call-automation")}`;
const INCOMING_CALL = "Microsoft.Communication.IncomingCall";

withAccessKey((test, stage) => {
  /** A webhook that allows these origins, and what comes to it. */
  const open = async (allowedOrigin) => {
    const letters = new Mailbox();
    const server = createServer(await stage.emulator.applicationTls(), async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      letters.put({ method: request.method, headers: request.headers, text: Buffer.concat(chunks).toString("utf8") });
      if (request.method === "OPTIONS" && allowedOrigin) response.setHeader("WebHook-Allowed-Origin", allowedOrigin);
      response.end();
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = () => new Promise((resolve) => server.close(resolve).closeAllConnections());
    return { endpoint: `https://127.0.0.1:${server.address().port}/`, letters, close };
  };

  const subscribe = (endpoint) =>
    stage.control("POST", "/event-subscriptions", {
      endpoint,
      schema: "cloud_events",
      filter: { includedEventTypes: [INCOMING_CALL] },
    });

  test("a call is announced as a CloudEvent to whoever allowed it", async () => {
    const { endpoint, letters, close } = await open("eventgrid.azure.net");
    try {
      const { id } = await subscribe(endpoint);
      const handshake = await letters.take("handshake");
      assert.deepEqual([handshake.method, handshake.headers["webhook-request-origin"]], ["OPTIONS", "eventgrid.azure.net"]);
      await stage.ring();
      const { headers, text } = await letters.take("event");
      assert.match(headers["content-type"], /^application\/cloudevents\+json/);
      const [event] = await new EventGridDeserializer().deserializeCloudEvents(text);
      assert.ok(isSystemEvent(INCOMING_CALL, event));
      assert.deepEqual([event.type, event.specversion, event.extensionAttributes], [INCOMING_CALL, "1.0", undefined]);
      assert.equal(event.subject, `/caller/${CALLER_RAW}/recipient/28:orgid:${ACCOUNT}`);
      assert.deepEqual(faultsOfIncomingCall(event.data), []);
      await stage.client.answerCall(event.data.incomingCallContext, stage.receiver.callbackUrl);
      await stage.next("CallConnected");
      await stage.control("DELETE", `/event-subscriptions/${id}`);
    } finally {
      await close();
    }
  });

  test("a webhook that allows somebody else is not told", async () => {
    const { endpoint, close } = await open("other.example");
    try {
      await assert.rejects(() => subscribe(endpoint), /400 .*WebHook-Allowed-Origin/);
    } finally {
      await close();
    }
  });
}, CLIENTS);
