/**
 * Tells every outgoing host once, by the name the agent used: `deploy` proposes them for `network.egress`. Looks at
 * `Socket.connect`, through which fetch, http, https, http2 and every pure JavaScript client go.
 */
import { BlockList, isIP, Socket } from "node:net";
import { DEFAULT_LIMITS } from "@runagent/protocol";

export interface Host {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

export function watchHosts(seen: (host: Host) => void): void {
  const told = new Set<string>();
  const original = Socket.prototype.connect;
  const watched = function (this: Socket, ...args: unknown[]): unknown {
    const target = targetOf(args);
    if (target !== null && !isLoopback(target.host)) tell(target);
    return Reflect.apply(original, this, args);
  };
  Reflect.set(Socket.prototype, "connect", watched);

  function tell(target: Host): void {
    const key = `${target.host}:${target.port}`;
    if (told.has(key) || told.size >= DEFAULT_LIMITS.hosts_seen) return;
    told.add(key);
    seen(target);
  }
}

/** `connect(options)`, `connect(port, host)`, or Node's own normalized `connect([options, callback])`. */
function targetOf(args: readonly unknown[]): Host | null {
  const first: unknown = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (typeof first === "object" && first !== null) return read(Reflect.get(first, "host"), Reflect.get(first, "port"));
  return read(args[1], first);
}

function read(host: unknown, port: unknown): Host | null {
  const number = Number(port);
  if (typeof host !== "string" || host === "" || !Number.isInteger(number) || number <= 0) return null;
  return { host: host.toLowerCase(), port: number };
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  const family = isIP(host);
  return family !== 0 && LOOPBACK.check(host, family === 4 ? "ipv4" : "ipv6");
}
