/**
 * What the server and the egress daemon say to each other over the daemon's IPC channel. The daemon reads bytes of
 * strangers, so what it says is looked at, not believed.
 */
import { EGRESS_RESULTS, type EgressResult } from "@runagent/protocol";
import type { MappedHost } from "./mapped-hosts.ts";

/** The five sockets of a namespace. */
export const SOCKETS = ["connections", "dns-udp", "dns-tcp", "dns-udp-2", "dns-tcp-2"] as const;
export type SocketName = (typeof SOCKETS)[number];

export interface DaemonSettings {
  readonly mapped: readonly MappedHost[];
  /** CIDR. */
  readonly privateRanges: readonly string[];
  readonly limits: DaemonLimits;
  /** How long it goes on without a server; 0: it ends with it. */
  readonly outlivesMs: number;
}

export interface DaemonLimits {
  readonly egress_connections: number;
  readonly egress_dns_rate: number;
  readonly egress_names: number;
  readonly egress_connect_time: number;
  readonly egress_refusal_wait: number;
}

export type ToDaemon =
  | ({ readonly kind: "settings" } & DaemonSettings)
  /** A handle comes with it. */
  | { readonly kind: "socket"; readonly id: string; readonly socket: SocketName }
  /** From now on names are answered. `names`: those below a `*.host` that have an address. */
  | { readonly kind: "open"; readonly id: string; readonly rules: readonly string[]; readonly names: readonly string[] }
  /** The name was written down, its address may be given out. */
  | { readonly kind: "written"; readonly id: string; readonly name: string }
  | { readonly kind: "close"; readonly id: string };

export type FromDaemon =
  | { readonly kind: "listening"; readonly id: string }
  | { readonly kind: "opened"; readonly id: string }
  /** A name below a `*.host` wants an address. */
  | { readonly kind: "name"; readonly id: string; readonly name: string }
  | { readonly kind: "reports"; readonly reports: readonly Report[] };

/** A connection or a refusal; a connection is reported when it opens and, under the same number, when it ends. */
export interface Report {
  readonly id: string;
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly host: string;
  /** Null: a name that was asked for, and refused. */
  readonly port: number | null;
  readonly result: EgressResult;
  readonly reason: string | null;
  readonly sent: number;
  readonly received: number;
  readonly ms: number | null;
}

const MOST_TEXT = 1100;

/** Null: it is none. */
export function readFromDaemon(message: unknown): FromDaemon | null {
  const { kind, id, name, reports } = Object(message);
  switch (kind) {
    case "listening":
    case "opened":
      return isText(id) ? { kind, id } : null;
    case "name":
      return isText(id) && isText(name) && /^[a-z0-9._-]{1,253}$/.test(name) ? { kind, id, name } : null;
    case "reports":
      return Array.isArray(reports) ? { kind, reports: reports.filter(isReport) } : null;
    default:
      return null;
  }
}

function isReport(value: unknown): value is Report {
  const { id, n, at, host, port, result, reason, sent, received, ms } = Object(value);
  return (
    [id, host].every(isText) &&
    /^[\x21-\x7e]*$/.test(host) &&
    (reason === null || isText(reason)) &&
    EGRESS_RESULTS.includes(result) &&
    [n, at, sent, received].every(isCount) &&
    [port, ms].every((one) => one === null || isCount(one))
  );
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= MOST_TEXT;
const isCount = (value: unknown): boolean => typeof value === "number" && value >= 0 && Number.isFinite(value);
