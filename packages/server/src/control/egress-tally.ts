/** Counts what sandboxes reach: connections by how they ended, bytes by direction. */
import type { EgressRecord } from "@runagent/protocol";
import { Counter, type Registry } from "prom-client";

export class EgressTally {
  readonly #connections: Counter<string>;
  readonly #bytes: Counter<string>;

  constructor(registers: Registry[]) {
    const connections = {
      name: "runagent_egress_connections_total",
      help: "Connections out of sandboxes, and refusals",
    };
    const bytes = { name: "runagent_egress_bytes_total", help: "Bytes in and out of sandboxes" };
    this.#connections = new Counter({ ...connections, labelNames: ["result"], registers });
    this.#bytes = new Counter({ ...bytes, labelNames: ["direction"], registers });
  }

  /** One that is open is counted when it ends. */
  add({ result, bytes_sent, bytes_received }: EgressRecord): void {
    if (result === "open") return;
    this.#connections.inc({ result });
    this.#bytes.inc({ direction: "sent" }, bytes_sent);
    this.#bytes.inc({ direction: "received" }, bytes_received);
  }
}
