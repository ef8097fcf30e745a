/**
 * The answer to a plain call, as much of node's `ServerResponse` as the gateway asks for: each write is one piece on the
 * socket, head and body together.
 */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Reply } from "../exchange.ts";

export interface ReplyOptions {
  readonly socket: Socket;
  readonly keepAliveMs: number;
  /** The whole answer was given to the socket. */
  readonly ended: () => void;
}

export class QuickReply implements Reply {
  readonly #options: ReplyOptions;
  /** The pieces of the head, until it is written with what comes with it; null: no head yet, or written. */
  #head: string[] | null = null;
  #isChunked = false;
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  shouldKeepAlive = true;

  constructor(options: ReplyOptions) {
    this.#options = options;
  }

  get writableNeedDrain(): boolean {
    return this.#options.socket.writableNeedDrain;
  }

  /** Names and values in turn; what is of no length given comes in chunks. */
  writeHead(status: number, headers: string[]): this {
    this.statusCode = status;
    const head = [status === 200 ? OK : `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`];
    let hasLength = false;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] ?? "";
      const value = headers[i + 1] ?? "";
      if (!VALUE.test(value)) throw new TypeError(`a header ${name} that no answer can carry`);
      head.push(name, ": ", value, "\r\n");
      if (name === "Content-Length") hasLength = true;
    }
    this.#isChunked = !hasLength && status !== 204;
    if (this.#isChunked) head.push("Transfer-Encoding: chunked\r\n");
    head.push(dateLine(), this.#connectionLines());
    this.#head = head;
    this.headersSent = true;
    return this;
  }

  flushHeaders(): void {
    this.#put("");
  }

  write(text: string): boolean {
    if (this.writableEnded) return false;
    return text === "" || this.#put(this.#chunk(text));
  }

  /** Nobody waits for it: who does is node's to answer. */
  writeContinue(): void {}

  end(body: string | Uint8Array = ""): this {
    if (this.writableEnded) return this;
    if (typeof body !== "string") {
      this.#put("");
      this.#options.socket.write(body);
    } else this.#put(this.#isChunked ? `${body === "" ? "" : this.#chunk(body)}0\r\n\r\n` : body);
    this.writableEnded = true;
    this.#options.ended();
    return this;
  }

  on(event: "drain" | "close", listener: () => void): this {
    this.#options.socket.on(event, listener);
    return this;
  }

  off(event: "drain" | "close", listener: () => void): this {
    this.#options.socket.off(event, listener);
    return this;
  }

  #chunk(text: string): string {
    return this.#isChunked ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n` : text;
  }

  /** Heads are ASCII, so one encoding fits both; `latin1` is the one that costs no look at each letter. */
  #put(text: string): boolean {
    const all = this.#head === null ? text : this.#with(this.#head, text);
    if (all === "") return true;
    const { socket } = this.#options;
    return socket.write(all, Buffer.byteLength(text) === text.length ? "latin1" : "utf8");
  }

  /** In one piece: put together step by step, a head leaves three times its size behind. */
  #with(head: string[], text: string): string {
    this.#head = null;
    head.push(text);
    return head.join("");
  }

  #connectionLines(): string {
    if (!this.shouldKeepAlive) return "Connection: close\r\n\r\n";
    return keepAlive(this.#options.keepAliveMs);
  }
}

const OK = "HTTP/1.1 200 OK\r\n";
const VALUE = /^[\t\x20-\x7e]*$/;

let kept = { ms: -1, lines: "" };

/** Written once: it is the same for all. */
function keepAlive(ms: number): string {
  if (kept.ms !== ms) {
    kept = { ms, lines: `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(ms / 1000)}\r\n\r\n` };
  }
  return kept.lines;
}

let second = 0;
let date = "";

/** Written once a second. */
function dateLine(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    date = `Date: ${new Date(now * 1000).toUTCString()}\r\n`;
  }
  return date;
}
