/** What every request of one gateway shares: the other hops, the limits, and the open streams. */
import { DEFAULT_LIMITS, type LimitValues } from "@runagent/protocol";
import { Guard } from "./access/guard.ts";
import { BodyWatch } from "./http/body-watch.ts";
import { InputChecks } from "./input/schema-check.ts";
import type { GatewayPorts, GatewaySettings } from "./ports.ts";
import { Readers } from "./stream/readers.ts";

export interface Context {
  readonly ports: GatewayPorts;
  readonly limits: LimitValues;
  readonly checks: InputChecks;
  readonly readers: Readers;
  readonly bodies: BodyWatch;
  readonly guard: Guard | null;
  readonly behindProxy: boolean;
  /** The server is stopping: new requests are sent away, those in work end, and their connections with them. */
  isDraining: boolean;
}

export function createContext(settings: GatewaySettings, ports: GatewayPorts): Context {
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...settings.limits };
  return {
    ports,
    limits,
    checks: new InputChecks((sentence) => ports.observer.note?.(sentence)),
    readers: new Readers(limits.streams_in_serve, limits.event_ping),
    bodies: new BodyWatch(limits),
    guard: ports.access === undefined ? null : new Guard(ports.access),
    behindProxy: settings.behindProxy === true,
    isDraining: false,
  };
}
