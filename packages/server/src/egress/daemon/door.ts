/**
 * Takes the connections of one sandbox: which name is meant (its address in there says it), whether it may be reached at
 * this port, where it is; then dials it and copies bytes both ways. The slower side sets the pace.
 */
import type { Server, Socket } from "node:net";
import type { EgressResult } from "@runagent/protocol";
import type { FakeAddresses } from "../fake-addresses.ts";
import type { DaemonLimits, Report } from "../messages.ts";
import type { Rules } from "../rules.ts";
import type { Destinations } from "./destinations.ts";
import { dial } from "./dial.ts";
import { type Refusal, refuse } from "./refuse.ts";
import type { Reports } from "./reports.ts";

export interface DoorOptions {
  readonly id: string;
  readonly rules: Rules;
  readonly addresses: FakeAddresses;
  readonly destinations: Destinations;
  readonly reports: Reports;
  readonly limits: DaemonLimits;
}

export class Door {
  readonly #options: DoorOptions;
  readonly #open = new Set<Socket>();

  constructor(options: DoorOptions) {
    this.#options = options;
  }

  serve(server: Server): void {
    server.on("connection", (socket) => this.#accept(socket));
  }

  get connections(): number {
    return this.#open.size;
  }

  close(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  #accept(socket: Socket): void {
    const { limits } = this.#options;
    const host = this.#options.addresses.nameOf(socket.localAddress ?? "");
    const visit = new Visit(this.#options, { host: host ?? "", port: socket.localPort ?? 0 });
    socket.on("error", () => undefined); // `close` follows, and tells
    if (host === undefined || this.#open.size >= limits.egress_connections) {
      socket.resetAndDestroy();
      if (host !== undefined) visit.ended("limited", "too_many_connections");
      return;
    }
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    void visit.lead(socket);
  }
}

interface Asked {
  readonly host: string;
  readonly port: number;
}

/** One connection, from its acceptance to its end. */
class Visit {
  readonly #options: DoorOptions;
  readonly #asked: Asked;
  readonly #at = Date.now();
  readonly #began = performance.now();
  #number: number | undefined;

  constructor(options: DoorOptions, asked: Asked) {
    this.#options = options;
    this.#asked = asked;
  }

  /** Never rejects. */
  async lead(socket: Socket): Promise<void> {
    const { rules, destinations, limits } = this.#options;
    const { host, port } = this.#asked;
    if (!rules.allows(host, port)) return this.#refuse(socket, "port_not_allowed");
    const found = await destinations.find(host, port);
    if (found.kind === "nothing") return this.#refuse(socket, found.reason);
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    socket.once("close", leave);
    const targets = found.kind === "found" ? found.targets : [];
    const outside = await dial(targets, limits.egress_connect_time, gone.signal);
    socket.off("close", leave);
    if (socket.destroyed) {
      outside?.destroy();
      return this.ended("failed", "left");
    }
    if (outside === null) return this.#refuse(socket, "unreachable");
    this.#number = this.#report({ result: "open", reason: null, sent: 0, received: 0, ms: null });
    this.#join(socket, outside);
  }

  ended(result: EgressResult, reason: string | null, bytes = { sent: 0, received: 0 }): void {
    this.#report({ result, reason, ...bytes, ms: Math.round(performance.now() - this.#began) });
  }

  #report(what: Pick<Report, "result" | "reason" | "sent" | "received" | "ms">): number {
    const { id, reports } = this.#options;
    return reports.add({ id, at: this.#at, ...this.#asked, ...what }, this.#number);
  }

  #join(inside: Socket, outside: Socket): void {
    let open = 2;
    const closed = (): void => {
      open -= 1;
      if (open === 0) this.ended("ok", null, { sent: inside.bytesRead, received: outside.bytesRead });
    };
    for (const [one, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      one.on("error", () => other.resetAndDestroy());
      one.once("close", () => {
        if (!other.writableFinished) other.destroy();
        closed();
      });
      one.pipe(other);
    }
  }

  #refuse(socket: Socket, reason: Reason): void {
    const { host, port } = this.#asked;
    const refusal = { because: BECAUSE[reason], text: SENTENCES[reason](`${host}:${port}`) };
    refuse(socket, refusal, this.#options.limits.egress_refusal_wait);
    this.ended(refusal.because === "forbidden" ? "refused" : "failed", reason);
  }
}

type Reason = "port_not_allowed" | "private_address" | "unknown_name" | "unreachable";

const BECAUSE: Readonly<Record<Reason, Refusal["because"]>> = {
  port_not_allowed: "forbidden",
  private_address: "forbidden",
  unknown_name: "unreachable",
  unreachable: "unreachable",
};

const SENTENCES: Readonly<Record<Reason, (target: string) => string>> = {
  port_not_allowed: (target) => `The sandbox may not reach ${target}: add "${target}" to network.egress.`,
  private_address: (target) => `${target} leads to a private address, which no sandbox may reach.`,
  unknown_name: (target) => `${target} is no longer known by that name.`,
  unreachable: (target) => `${target} cannot be reached.`,
};
