/**
 * One connected socket as frames, both ways. It knows no message (W1). What is sent within one turn of the event loop
 * leaves in one write; what arrives is decoded in place.
 */
import type { Socket } from "node:net";
import { encodeFrame, type Frame, FrameDecoder, FrameError, type FrameKind } from "@runagent/protocol";

export interface ConnectionOwner {
  /** Throws FrameError for what the protocol does not allow: the connection is then closed. */
  frame(frame: Frame): void;
  /** Called once: the other side is gone, or sent what is no frame. */
  closed(): void;
}

export class Connection {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  #owner: ConnectionOwner;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  /** The other side has closed, and all that it sent before was read. */
  complete = false;

  constructor(socket: Socket, owner: ConnectionOwner, maxFrame: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#decoder = new FrameDecoder(maxFrame);
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("end", () => this.#ended());
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.syscall === "read") this.#ended(); // a reset comes after the bytes; a failed write may leave some unread
      socket.destroy(); // `close` follows: a reset is a closed channel
    });
    socket.on("close", () => this.#owner.closed());
  }

  /** Who gets the frames from now on. */
  handOver(owner: ConnectionOwner): void {
    this.#owner = owner;
  }

  send(kind: FrameKind, call: number, body: string): void {
    const bytes = encodeFrame(kind, call, body);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    // The end of this turn, after all sockets that are ready were read: one system call for all of them.
    if (this.#pending.length === 1) setImmediate(this.#flush);
  }

  /** Drops what was not written. */
  destroy(): void {
    this.#socket.destroy();
  }

  readonly #flush = (): void => {
    const pending = this.#pending;
    const [only] = pending;
    if (only === undefined || this.#socket.destroyed) return;
    this.#pending = [];
    this.#socket.write(pending.length === 1 ? only : Buffer.concat(pending, this.#pendingBytes));
    this.#pendingBytes = 0;
  };

  #ended(): void {
    this.complete = true;
  }

  #take(bytes: Buffer): void {
    try {
      for (const frame of this.#decoder.push(bytes)) this.#owner.frame(frame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#socket.destroy(error);
    }
  }
}
