/**
 * The HTTP server of one process. Bounds for bodies, headers, time and connections stand in LIMITS; a development server
 * listens on loopback because its settings say so (G3). `close` may be called again and resolves when all is gone.
 */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { type Problem, problem } from "@runagent/protocol";
import { type Context, createContext } from "./context.ts";
import { Dispatch } from "./dispatch.ts";
import { Names } from "./http/host.ts";
import { refuse } from "./http/refuse.ts";
import type { GatewayPorts, GatewaySettings } from "./ports.ts";
import { Doorway } from "./quick/doorway.ts";

export interface Gateway {
  /** Rejects as node does when the address is taken (`EADDRINUSE`) or not ours. */
  listen(): Promise<{ readonly url: string; readonly port: number; readonly address: string }>;
  /** No new requests; those in work have `graceMs`, then their connections are cut. */
  close(graceMs: number): Promise<void>;
  /** Event streams that are open now. */
  readonly openStreams: number;
}

export function createGateway(settings: GatewaySettings, ports: GatewayPorts): Gateway {
  const context = createContext(settings, ports);
  const dispatch = new Dispatch(context, new Names([settings.host, ...settings.hosts], settings.anyHost === true));
  const server = newServer(context, dispatch, settings.tls);
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

function newServer({ limits, bodies }: Context, dispatch: Dispatch, tls: GatewaySettings["tls"]): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.header_time,
    requestTimeout: 0, // how long a body may take depends on what it is: `bodies` looks
    connectionsCheckingInterval: Math.min(1000, limits.header_time),
    keepAliveTimeout: limits.keep_alive,
    noDelay: true,
    // We answer ourselves, with a problem.
    requireHostHeader: false,
  };
  const server: Server = tls === undefined ? createServer(options) : createTlsServer({ ...options, ...tls });
  server.maxConnections = limits.connections;
  const late = (socket: Duplex): void => refuseBroken("ERR_HTTP_REQUEST_TIMEOUT", socket, dispatch);
  const handle = (req: IncomingMessage, res: ServerResponse): void => {
    bodies.add(req, late);
    dispatch.handle(req, res);
  };
  for (const event of ["request", "checkContinue", "checkExpectation"]) server.on(event, handle);
  // Without a listener for `upgrade` node answers such requests as others: curl's `--http2` asks for one and needs none.
  server.on("connect", (_request, socket) => refuse(socket, NO_TUNNEL));
  server.on("clientError", ({ code }: NodeJS.ErrnoException, socket) => refuseBroken(code, socket, dispatch));
  return server;
}

const NO_TUNNEL = problem("INVALID_REQUEST", "This server is no proxy.");

/** What came was no request: node says why by its code. */
function refuseBroken(code: string | undefined, socket: Duplex, dispatch: Dispatch): void {
  if (code === "ECONNRESET" || !socket.writable || dispatch.isAnswering(socket)) return void socket.destroy();
  refuse(socket, brokenProblem(code));
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

function listen(server: Server, settings: GatewaySettings): Promise<{ url: string; port: number; address: string }> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const { host, port: wanted, fd, tls } = settings;
    server.listen(fd === undefined ? { host, port: wanted, backlog: BACKLOG } : { fd, backlog: BACKLOG }, () => {
      server.off("error", reject);
      const address = server.address();
      const at = typeof address === "object" && address !== null ? address : { address: host, port: wanted };
      const url = `${tls === undefined ? "http" : "https"}://${urlHost(host)}:${at.port}`;
      resolve({ url, port: at.port, address: at.address });
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
