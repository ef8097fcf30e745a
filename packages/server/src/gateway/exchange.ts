/**
 * One request and its answer. It is over when the connection has the whole answer or is gone; then, once, whoever waits
 * in it leaves (`onOver`) and the observer gets its line.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Caller, ErrorCode } from "@runagent/protocol";
import type { Context } from "./context.ts";
import { type Query, queryOf } from "./http/query.ts";
import { refusalOf } from "./http/refuse.ts";
import type { RequestTrace } from "./ports.ts";

/** What the gateway asks of a request; node's has it, and so has that of a plain call (`quick/`). */
export interface Asked {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** What the gateway asks of an answer; node's `ServerResponse` has it. */
export interface Reply {
  readonly headersSent: boolean;
  readonly statusCode: number;
  readonly writableNeedDrain: boolean;
  readonly writableEnded: boolean;
  shouldKeepAlive: boolean;
  writeHead(status: number, headers: string[]): Reply;
  flushHeaders(): void;
  write(text: string): boolean;
  writeContinue(): void;
  end(body?: string | Uint8Array, encoding?: BufferEncoding): unknown;
  on(event: "drain" | "close", listener: () => void): Reply;
  off(event: "drain" | "close", listener: () => void): Reply;
}

export class Exchange {
  readonly context: Context;
  readonly req: Asked;
  readonly res: Reply;
  /** Whole, or still to be read. */
  readonly body: Buffer | IncomingMessage;
  readonly startedAt = Date.now();
  /** Without keys there is one caller, who may do everything. */
  caller: Caller = null;
  /** Of the key's allowance, names and values in turn. */
  allowance: readonly string[] = [];
  /** Of the CORS answer; null: the request has no `Origin`. */
  origin: string | null = null;
  path = "";
  search = "";
  /** Names and values of the path's parameters, in turn. */
  params: readonly string[] = [];
  runId: string | null = null;
  code: ErrorCode | null = null;
  /** The answer is out, or nobody is there to take it. */
  over = false;
  onOver: (() => void) | null = null;
  /** Whoever would end it when its key is revoked forgets it. */
  forget: (() => void) | null = null;
  /** Null: it is in no trace of ours. */
  trace: RequestTrace | null = null;
  readonly #began = performance.now();

  constructor(context: Context, req: Asked, of: { readonly res: Reply; readonly body: Buffer | IncomingMessage }) {
    this.context = context;
    this.req = req;
    this.res = of.res;
    this.body = of.body;
  }

  /** A parameter of the path, decoded. */
  param(name: string): string {
    const value = this.params[this.params.indexOf(name) + 1];
    if (value === undefined || !this.params.includes(name)) throw new Error(`the route has no parameter ${name}`);
    return value;
  }

  /** A header that may stand once; of one that stands several times the first. Empty counts as left out. */
  header(name: string): string | null {
    const value = this.req.headers[name];
    const first = typeof value === "string" ? value : value?.[0];
    return first === undefined || first === "" ? null : first;
  }

  /** Where the caller is, as far as it can be known. */
  get address(): string | null {
    const said = this.context.behindProxy ? this.header("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined;
    return said ?? this.req.socket.remoteAddress ?? null;
  }

  query(known: readonly string[] | null): Query {
    return queryOf(this.search, known);
  }

  /** The answer is out, or its connection gone. */
  end(): void {
    if (this.over) return;
    this.over = true;
    this.onOver?.();
    this.onOver = null;
    this.forget?.();
    if (this.context.isDraining) this.req.socket.destroySoon();
    const refusal = this.res.headersSent ? undefined : refusalOf(this.req.socket);
    const entry = {
      method: this.req.method ?? "",
      path: this.path,
      status: this.res.headersSent ? this.res.statusCode : (refusal?.status ?? CALLER_LEFT),
      ms: performance.now() - this.#began,
      runId: this.runId,
      code: refusal?.code ?? this.code,
    };
    this.context.ports.observer.request(entry);
    this.trace?.end(entry);
  }
}

/** The status in logs of a request whose caller left before there was an answer; it never goes over the wire. */
const CALLER_LEFT = 499;
