// The application's WebSocket server: takes the connections that the service dials, verifies their tokens, and has the
// SDK's own parser read every frame.

import { createServer } from "node:https";

import { StreamingData } from "@azure/communication-call-automation";
import { WebSocketServer } from "ws";

import { Mailbox } from "./mailbox.js";

export class Socket {
  connections = new Mailbox();
  #frames = new Mailbox();

  static async open(receiver) {
    const socket = new Socket();
    socket.receiver = receiver;
    socket.http = createServer(await receiver.emulator.applicationTls());
    socket.server = new WebSocketServer({
      server: socket.http,
      verifyClient: (info, done) => socket.#check(info, done),
    });
    socket.server.on("connection", (connection, request) => socket.#take(connection, request));
    await new Promise((resolve) => socket.http.listen(0, "127.0.0.1", resolve));
    socket.url = `wss://127.0.0.1:${socket.http.address().port}/`;
    return socket;
  }

  close() {
    this.server.clients.forEach((connection) => connection.terminate());
    this.server.close();
    this.http.closeAllConnections();
    return new Promise((resolve) => this.http.close(resolve));
  }

  #check({ req }, done) {
    this.receiver.verify(req.headers).then(
      () => done(true),
      (error) => {
        this.receiver.faults.push(`WebSocket: ${error}`);
        done(false, 401);
      },
    );
  }

  #take(connection, request) {
    this.connections.put({ connection, headers: request.headers });
    connection.on("message", (message) => {
      const text = message.toString("utf8");
      const parsed = StreamingData.parse(text);
      this.#frames.put({ kind: StreamingData.getStreamingKind(), parsed, raw: JSON.parse(text) });
    });
  }

  /** The next frame of this kind that is wanted; those before it are let go, as a listener does. */
  async next(kind, wanted = () => true) {
    for (;;) {
      const frame = await this.#frames.take(kind);
      if (frame.kind === kind && wanted(frame.parsed)) return frame;
    }
  }
}
