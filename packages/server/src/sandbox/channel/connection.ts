/**
 * One connected socket as frames, both ways. It knows no message (W1). What is sent within one turn of the event loop
 * leaves in few writes; what arrives is decoded in place.
 */
import type { Socket } from "node:net";
import { type Frame, FrameDecoder, FrameError, type FrameKind, frameBytes, writeFrame } from "@runagent/protocol";

export interface ConnectionOwner {
  /** Throws FrameError for what the protocol does not allow: the connection is then closed. */
  frame(frame: Frame): void;
  /** Called once: the other side is gone, or sent what is no frame. */
  closed(): void;
}

/** So many frames leave without waiting for more: the other side works while this one still reads. */
const AT_ONCE = 4;

export class Connection {
  readonly #socket: Socket;
  readonly #decoder: FrameDecoder;
  #owner: ConnectionOwner;
  #pending: { readonly kind: FrameKind; readonly call: number; readonly body: string }[] = [];
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
    this.#pending.push({ kind, call, body });
    this.#pendingBytes += frameBytes(body);
    if (this.#pending.length >= AT_ONCE) this.#flush();
    // The end of this turn, after all sockets that are ready were read: one system call for all that is left.
    else if (this.#pending.length === 1) setImmediate(this.#flush);
  }

  /** Drops what was not written. */
  destroy(): void {
    this.#socket.destroy();
  }

  readonly #flush = (): void => {
    const pending = this.#pending;
    if (pending.length === 0 || this.#socket.destroyed) return;
    const bytes = Buffer.allocUnsafe(this.#pendingBytes);
    this.#pending = [];
    this.#pendingBytes = 0;
    let at = 0;
    for (const frame of pending) at = writeFrame(bytes, at, frame);
    this.#socket.write(bytes);
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
