/**
 * The HTTP server of one process. Bounds for bodies, headers, time and connections stand in LIMITS; a development server
 * listens on loopback because its settings say so (G3). `close` may be called again and resolves when all is gone.
 */
import { createServer, type Server, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { type LimitValues, type Problem, problem } from "@runagent/protocol";
import { createContext } from "./context.ts";
import { Dispatch } from "./dispatch.ts";
import { Names } from "./http/host.ts";
import { refuse } from "./http/refuse.ts";
import type { GatewayPorts, GatewaySettings } from "./ports.ts";
import { Doorway } from "./quick/doorway.ts";

export interface Gateway {
  /** Rejects as node does when the address is taken (`EADDRINUSE`) or not ours. */
  listen(): Promise<{ readonly url: string; readonly port: number }>;
  /** No new requests; those in work have `graceMs`, then their connections are cut. */
  close(graceMs: number): Promise<void>;
  /** Event streams that are open now. */
  readonly openStreams: number;
}

export function createGateway(settings: GatewaySettings, ports: GatewayPorts): Gateway {
  const context = createContext(settings, ports);
  const dispatch = new Dispatch(context, new Names([settings.host, ...settings.hosts], settings.anyHost === true));
  const server = newServer(context.limits, dispatch, settings.tls);
  const refuseAs = (socket: Duplex, code: string): void => refuse(socket, brokenProblem(code));
  // What comes encrypted is node's to open.
  const door = settings.tls === undefined ? new Doorway(server, { context, dispatch, refuse: refuseAs }) : null;
  let closing: Promise<void> | null = null;
  return {
    listen: () => listen(server, settings),
    close: (graceMs) => {
      context.isDraining = true;
      context.readers.drain();
      closing ??= close(server, door, graceMs).finally(() => context.readers.close());
      return closing;
    },
    get openStreams() {
      return context.readers.count;
    },
  };
}

function newServer(limits: LimitValues, dispatch: Dispatch, tls: GatewaySettings["tls"]): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.header_time,
    requestTimeout: Math.max(limits.header_time, limits.body_time),
    connectionsCheckingInterval: Math.min(1000, limits.header_time),
    keepAliveTimeout: limits.keep_alive,
    noDelay: true,
    // We answer ourselves, with a problem.
    requireHostHeader: false,
  };
  const server: Server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls });
  server.maxConnections = limits.connections;
  server.on("request", dispatch.handle);
  server.on("checkContinue", dispatch.handle);
  server.on("checkExpectation", dispatch.handle);
  // Without a listener for `upgrade` node answers such requests as others: curl's `--http2` asks for one and needs none.
  server.on("connect", (_request, socket) => refuse(socket, NO_TUNNEL));
  server.on("clientError", (error, socket) => refuseBroken(error, socket, dispatch));
  return server;
}

const NO_TUNNEL = problem("INVALID_REQUEST", "This server is no proxy.");

/** What came was no request: node says why by its code. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Duplex, dispatch: Dispatch): void {
  if (error.code === "ECONNRESET" || !socket.writable || dispatch.isAnswering(socket)) return void socket.destroy();
  refuse(socket, brokenProblem(error.code));
}

function brokenProblem(code: string | undefined): Problem {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return problem("HEADERS_TOO_LARGE", "The headers are larger than this server takes.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return problem("REQUEST_TIMEOUT", "The request did not arrive in time.");
    default:
      return problem("INVALID_REQUEST", "This is no HTTP/1.1 request that can be understood.");
  }
}

function listen(server: Server, settings: GatewaySettings): Promise<{ url: string; port: number }> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const { host, port: wanted, fd, tls } = settings;
    server.listen(fd === undefined ? { host, port: wanted, backlog: BACKLOG } : { fd }, () => {
      server.off("error", reject);
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : wanted;
      resolve({ url: `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${port}`, port });
    });
  });
}

/** The kernel takes the smaller of this and its own bound. */
const BACKLOG = 4096;

/** What people can type: "any address" is reached by loopback. */
function urlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

async function close(server: Server, door: Doorway | null, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  door?.closeIdle();
  const timer = setTimeout(() => {
    server.closeAllConnections();
    door?.closeAll();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
