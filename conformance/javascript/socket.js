// The application's WebSocket server: takes the connections that the service dials, verifies their tokens, and has the
// SDK's own parser read every frame.

import { StreamingData } from "@azure/communication-call-automation";
import { WebSocketServer } from "ws";

import { Mailbox } from "./mailbox.js";

export class Socket {
  connections = new Mailbox();
  #frames = new Mailbox();

  static async open(receiver) {
    const socket = new Socket();
    socket.receiver = receiver;
    socket.server = new WebSocketServer({ host: "127.0.0.1", port: 0, verifyClient: (info, done) => socket.#check(info, done) });
    socket.server.on("connection", (connection, request) => socket.#take(connection, request));
    await new Promise((resolve) => socket.server.once("listening", resolve));
    socket.url = `ws://127.0.0.1:${socket.server.address().port}/`;
    return socket;
  }

  close() {
    this.server.clients.forEach((connection) => connection.terminate());
    return new Promise((resolve) => this.server.close(resolve));
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
