/**
 * One request and its answer. It is over when the connection has the whole answer or is gone; then, once, whoever waits
 * in it leaves (`onOver`) and the observer gets its line.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller, ErrorCode } from "@runagent/protocol";
import type { Context } from "./context.ts";
import { type Query, queryOf } from "./http/query.ts";
import { refusalOf } from "./http/refuse.ts";

export class Exchange {
  readonly context: Context;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly startedAt = Date.now();
  /** `serve` has one caller, who may do everything. */
  readonly caller: Caller = null;
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
  readonly #began = performance.now();

  constructor(context: Context, req: IncomingMessage, res: ServerResponse) {
    this.context = context;
    this.req = req;
    this.res = res;
    res.on("close", () => this.#end()); // it comes once: `once` would only wrap it
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

  query(known: readonly string[] | null): Query {
    return queryOf(this.search, known);
  }

  #end(): void {
    if (this.over) return;
    this.over = true;
    this.onOver?.();
    this.onOver = null;
    if (this.context.isDraining) this.req.socket.destroySoon();
    const refusal = this.res.headersSent ? undefined : refusalOf(this.req.socket);
    this.context.ports.observer.request({
      method: this.req.method ?? "",
      path: this.path,
      status: this.res.headersSent ? this.res.statusCode : (refusal?.status ?? CALLER_LEFT),
      ms: performance.now() - this.#began,
      runId: this.runId,
      code: refusal?.code ?? this.code,
    });
  }
}

/** The status in logs of a request whose caller left before there was an answer; it never goes over the wire. */
const CALLER_LEFT = 499;
