/**
 * What happens to every request, in turn: is the server open, does it answer to this `Host`, may this `Origin` call, is
 * there such a route. Then the route's handler has it. Whatever is thrown on the way leaves as a problem (G2).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { problem, RunAgentError } from "@runagent/protocol";
import { ROUTES } from "@runagent/protocol/api";
import type { Context } from "./context.ts";
import { Exchange } from "./exchange.ts";
import { answerProblem, answerThrown } from "./http/answer.ts";
import { answerOptions } from "./http/cors.ts";
import type { Names } from "./http/host.ts";
import { refusalOf } from "./http/refuse.ts";
import { Router } from "./router.ts";
import { HANDLERS } from "./routes/handlers.ts";

export class Dispatch {
  readonly #context: Context;
  readonly #names: Names;
  readonly #router = new Router();
  /** The newest request of each connection. */
  readonly #newest = new WeakMap<Duplex, Exchange>();

  constructor(context: Context, names: Names) {
    this.#context = context;
    this.#names = names;
  }

  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    // What comes after a refused request on the same connection is thrown away.
    if (refusalOf(req.socket) !== undefined) return;
    const exchange = new Exchange(this.#context, req, { res, body: req });
    res.on("close", () => exchange.end()); // it comes once: `once` would only wrap it
    this.#newest.set(req.socket, exchange);
    this.work(exchange);
  };

  /** Whoever read the request: from here on its way is the same. */
  work(exchange: Exchange): void {
    try {
      const working = this.#route(exchange);
      if (working !== undefined) working.catch((thrown: unknown) => answerThrown(exchange, thrown));
    } catch (thrown) {
      answerThrown(exchange, thrown);
    }
  }

  /** Whether an answer is on its way on this connection: nothing else may be written there. */
  isAnswering(socket: Duplex): boolean {
    const newest = this.#newest.get(socket);
    return newest !== undefined && !newest.over && newest.res.headersSent;
  }

  #route(exchange: Exchange): Promise<void> | undefined {
    const { req } = exchange;
    const host = splitTarget(exchange, req.url ?? "/");
    this.#admit(exchange, host ?? req.headers.host);
    const match = this.#router.find(req.method ?? "GET", exchange.path);
    if (match.kind === "route") {
      exchange.params = match.params;
      const { tracer } = this.#context.ports;
      if (tracer !== undefined && ROUTES[match.id].path.startsWith(TRACED)) {
        exchange.trace = tracer.request({
          ...{ method: req.method ?? "GET", route: ROUTES[match.id].path, path: exchange.path },
          ...{ traceparent: exchange.header("traceparent"), tracestate: exchange.header("tracestate") },
        });
      }
      this.#context.guard?.admit(exchange, ROUTES[match.id]);
      return HANDLERS[match.id](exchange) ?? undefined;
    }
    if (req.method === "OPTIONS" && (match.kind === "method" || exchange.path === "*")) {
      answerOptions(
        exchange,
        match.kind === "method" ? match.allow : ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
      );
      return undefined;
    }
    if (match.kind === "none") throw new RunAgentError("NOT_FOUND", `There is nothing at ${exchange.path}.`);
    const allow = match.allow.join(", ");
    const detail = `${req.method} is not for ${exchange.path}; it takes ${allow}.`;
    answerProblem(exchange, problem("METHOD_NOT_ALLOWED", detail), ["Allow", allow]);
    return undefined;
  }

  #admit(exchange: Exchange, host: string | undefined): void {
    if (host === undefined || host === "") throw new RunAgentError("INVALID_REQUEST", "The `Host` header is missing.");
    if (!this.#names.answersTo(host)) {
      throw new RunAgentError("WRONG_HOST", `This server does not answer to ${JSON.stringify(host)}.`);
    }
    const origin = exchange.req.headers.origin;
    if (origin !== undefined) {
      if (!this.#names.trusts(origin, host)) {
        throw new RunAgentError(
          "FORBIDDEN",
          `Pages of the origin ${JSON.stringify(origin)} may not call this server.`,
          {
            hint: "Call it from a page that it serves itself, or from a program: no header `Origin`.",
          },
        );
      }
      exchange.origin = origin;
    }
    if (!this.#context.isDraining) return;
    exchange.res.shouldKeepAlive = false;
    throw new RunAgentError("DRAINING", "The server is stopping.");
  }
}

/** What is asked for every few seconds, and the page, would only fill a trace's store. */
const TRACED = "/v1/";

/** Sets path and search; the host of a target in absolute form, which counts more than the header. */
function splitTarget(exchange: Exchange, target: string): string | null {
  const isPath = target.startsWith("/");
  const url = isPath ? null : URL.parse(target);
  const local = url === null ? target : url.pathname + url.search;
  const at = local.indexOf("?");
  exchange.path = at < 0 ? local : local.slice(0, at);
  exchange.search = at < 0 ? "" : local.slice(at + 1);
  return url?.host ?? null;
}
