/**
 * One connection, as long as only plain calls come over it. It waits for a head, then for its body, then for the answer,
 * and begins again. The first bytes that are no plain call go to node's own server, and the connection with them.
 */
import type { Socket } from "node:net";
import type { LimitValues } from "@runagent/protocol";
import type { Context } from "../context.ts";
import { Exchange } from "../exchange.ts";
import { type Head, headEnd, mayBePlain, readHead } from "./head.ts";
import { QuickReply } from "./reply.ts";

/** `none`: no byte of a request is here. */
type Phase = "none" | "head" | "body" | "answer" | "refused";

/** What a connection needs from the one who took it. */
export interface Door {
  readonly context: Context;
  readonly limits: LimitValues;
  work(exchange: Exchange): void;
  /** To node's server, with the bytes that came. */
  handOver(one: QuickConnection, socket: Socket, bytes: Buffer): void;
  /** What came is no request, or came too slowly: node's code for it. */
  refuse(socket: Socket, code: string): void;
  forget(one: QuickConnection): void;
}

export class QuickConnection {
  readonly #socket: Socket;
  readonly #door: Door;
  #phase: Phase = "none";
  /** When this phase began; of `body`, when its head did. */
  #since = performance.now();
  /** What came and was not used. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #head: Head | null = null;
  #headText = "";
  /** Where the head of the request that comes now ends. */
  #bodyAt = 0;
  #isFirst = true;
  #exchange: Exchange | null = null;

  constructor(socket: Socket, door: Door) {
    this.#socket = socket;
    this.#door = door;
    socket.on("data", this.#take);
    socket.on("end", this.#ended);
    socket.on("error", this.#broke);
    socket.on("close", this.#closed);
  }

  get isIdle(): boolean {
    return this.#phase === "none";
  }

  /** Called now and then: what takes too long ends as node ends it. */
  look(now: number): void {
    const { keep_alive, header_time, body_time } = this.#door.limits;
    const passed = now - this.#since;
    if (this.#phase === "none" && !this.#isFirst) {
      if (passed > keep_alive) this.#socket.destroySoon();
      return;
    }
    const isLate = this.#phase === "body" ? passed > Math.max(header_time, body_time) : passed > header_time;
    if (isLate && this.#phase !== "answer" && this.#phase !== "refused") this.#refuse("ERR_HTTP_REQUEST_TIMEOUT");
  }

  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #take = (bytes: Buffer): void => {
    if (this.#phase === "refused") return;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#phase === "answer") this.#takeEarly();
    else this.#read();
  };

  /** More came before the answer was out: it waits, at most so much of it. */
  #takeEarly(): void {
    if (!looksLikeRequest(this.#joined())) {
      if (this.#exchange?.res.headersSent) this.#socket.destroy();
      else this.#refuse("");
    } else if (this.#heldBytes > this.#door.limits.headers) this.#socket.pause();
  }

  /** What is held, as far as it is a request. */
  #read(): void {
    if (this.#phase !== "body" && !this.#readHead()) return;
    const { bodyBytes } = this.#head ?? NO_HEAD;
    const end = this.#bodyAt + bodyBytes;
    if (this.#heldBytes < end) {
      this.#phase = "body";
      return;
    }
    const bytes = this.#joined();
    this.#held = bytes.length > end ? [bytes.subarray(end)] : [];
    this.#heldBytes = bytes.length - end;
    this.#phase = "answer";
    this.#dispatch(bytes.subarray(this.#bodyAt, end));
    if (this.#exchange !== null && this.#heldBytes > 0) this.#takeEarly();
  }

  /** False: it is not all there, or not for us. */
  #readHead(): boolean {
    const bytes = this.#joined();
    if (this.#phase === "none") {
      this.#phase = "head";
      this.#since = performance.now();
    }
    if (!mayBePlain(bytes)) return this.#leave();
    const end = headEnd(bytes);
    if (end > this.#door.limits.headers || (end < 0 && bytes.length > this.#door.limits.headers)) return this.#leave();
    if (end < 0) return false;
    const text = bytes.toString("latin1", 0, end);
    // A client that calls again sends the same head, most of the time.
    if (this.#head === null || text !== this.#headText) {
      this.#head = readHead(text);
      this.#headText = text;
    }
    this.#bodyAt = end;
    return this.#head !== null && this.#head.bodyBytes <= this.#door.limits.body ? true : this.#leave();
  }

  #dispatch(body: Buffer): void {
    const { url, headers } = this.#head ?? NO_HEAD;
    const socket = this.#socket;
    const res = new QuickReply({ socket, keepAliveMs: this.#door.limits.keep_alive, ended: this.#answered });
    const exchange = new Exchange(this.#door.context, { method: "POST", url, headers, socket }, { res, body });
    this.#exchange = exchange;
    this.#isFirst = false;
    this.#door.work(exchange);
  }

  /** The answer is written; it is out when the socket has taken it. */
  readonly #answered = (): void => {
    if (this.#socket.writableLength === 0) this.#next();
    else this.#socket.write("", "latin1", this.#next);
  };

  readonly #next = (): void => {
    const exchange = this.#exchange;
    if (exchange === null || this.#phase !== "answer") return;
    this.#exchange = null;
    this.#phase = "none";
    this.#since = performance.now();
    exchange.end();
    if (!exchange.res.shouldKeepAlive) this.#socket.destroySoon();
    else if (this.#heldBytes > 0) setImmediate(this.#goOn);
  };

  /** With what came meanwhile; in its own turn, so that answers that are there at once do not nest. */
  readonly #goOn = (): void => {
    if (this.#phase !== "none" || this.#socket.destroyed) return;
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#heldBytes > 0) this.#read();
  };

  /** Over to node's server, with all that is held. Always false. */
  #leave(): false {
    const bytes = this.#joined();
    const socket = this.#socket;
    socket.off("data", this.#take).off("end", this.#ended).off("error", this.#broke).off("close", this.#closed);
    this.#phase = "refused";
    this.#held = [];
    this.#door.handOver(this, socket, bytes);
    return false;
  }

  #refuse(code: string): void {
    this.#phase = "refused";
    this.#held = [];
    this.#socket.off("data", this.#take).off("end", this.#ended);
    this.#door.refuse(this.#socket, code);
  }

  /** Half closed: nobody waits for an answer. Amid a request it is none. */
  readonly #ended = (): void => {
    if (this.#phase === "head" || this.#phase === "body") this.#refuse("");
    else this.#socket.end();
  };

  readonly #broke = (): void => {
    this.#socket.destroy();
  };

  readonly #closed = (): void => {
    this.#door.forget(this);
    this.#exchange?.end();
    this.#exchange = null;
  };

  #joined(): Buffer {
    const [first] = this.#held;
    if (this.#held.length === 1 && first !== undefined) return first;
    const all = Buffer.concat(this.#held, this.#heldBytes);
    this.#held = [all];
    return all;
  }
}

const NO_HEAD: Head = { url: "", headers: {}, bodyBytes: 0 };

/** The first letters of a request line, perhaps after empty lines; amid an answer nothing else may come. */
function looksLikeRequest(bytes: Buffer): boolean {
  return /^[\r\n]*(?:[A-Z]+(?: |$)|$)/.test(bytes.toString("latin1", 0, Math.min(bytes.length, 16)));
}
