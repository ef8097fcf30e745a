/**
 * The socket of the channel. It knows bytes and frames, and no message but the hello (W2). Frames that are sent in one
 * turn of the loop leave in one write. After `close` from the other side the owner decides whether to connect again.
 */
import { connect, type Socket } from "node:net";
import { DEFAULT_LIMITS, encodeFrame, type Frame, FrameDecoder, type FrameKind } from "@runagent/protocol";

export interface ChannelEvents {
  readonly onFrame: (frame: Frame) => void;
  /** The other side is gone, or what it sent was no frame. */
  readonly onClose: () => void;
}

/** So much is written at once, even before the turn of the loop is over. */
const WRITE_BYTES = 64 * 1024;
/** One place for all reads: a stream of its own makes and frees as much for each of them. */
const READ_BYTES = 64 * 1024;

export class Channel {
  readonly #events: ChannelEvents;
  #socket: Socket | null = null;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #scheduled = false;
  #drained: (() => void)[] = [];

  constructor(events: ChannelEvents) {
    this.#events = events;
  }

  /** Resolves when connected. What was not written yet is dropped: held frames are sent again by their owner. */
  connect(path: string): Promise<void> {
    this.#pending = [];
    this.#pendingBytes = 0;
    return new Promise((resolve, reject) => {
      const decoder = new FrameDecoder(DEFAULT_LIMITS.frame);
      const take = (size: number, into: Uint8Array): boolean => {
        // A copy of what came: the next read goes to the same place.
        this.#take(decoder, socket, Buffer.from(into.subarray(0, size)));
        return true;
      };
      const socket = connect({ path, onread: { buffer: Buffer.allocUnsafe(READ_BYTES), callback: take } });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.removeListener("error", reject);
        this.#attach(socket);
        resolve();
      });
    });
  }

  get connected(): boolean {
    return this.#socket !== null;
  }

  /** Bytes that the other side has not taken yet. */
  get backlog(): number {
    return this.#pendingBytes + (this.#socket?.writableLength ?? 0);
  }

  send(kind: FrameKind, call: number, body: string | Uint8Array): void {
    if (this.#socket === null) return;
    const bytes = encodeFrame(kind, call, body);
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > WRITE_BYTES) this.flush();
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.flush);
  }

  readonly flush = (): void => {
    this.#scheduled = false;
    const pending = this.#pending;
    if (this.#socket === null || pending.length === 0) return;
    this.#pending = [];
    this.#socket.write(pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending, this.#pendingBytes));
    this.#pendingBytes = 0;
  };

  /** Resolves when the other side has taken enough of what was sent (G1: the slowest reader sets the pace). */
  writable(): Promise<void> {
    this.flush();
    if (this.#socket === null || !this.#socket.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => this.#drained.push(resolve));
  }

  /** Resolves when everything was handed to the system and the socket is closed. */
  close(): Promise<void> {
    this.flush();
    const socket = this.#socket;
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.end();
    });
  }

  #attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("drain", () => this.#release());
    socket.on("error", () => socket.destroy()); // `close` follows and tells the owner
    socket.on("close", () => this.#closed(socket));
  }

  #take(decoder: FrameDecoder, socket: Socket, bytes: Buffer): void {
    let frames: Frame[];
    try {
      frames = decoder.push(bytes);
    } catch (cause) {
      socket.destroy(new Error("the server sent what is no frame", { cause }));
      return;
    }
    for (const frame of frames) this.#events.onFrame(frame);
  }

  #closed(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    this.#release();
    this.#events.onClose();
  }

  #release(): void {
    const waiting = this.#drained;
    this.#drained = [];
    for (const resolve of waiting) resolve();
  }
}
