/**
 * The way out of all sandboxes: opened with the first one, or with those of an earlier server. What agents reach is remembered, counted, and kept for
 * `deploy`; what they are refused is said once, with the command that allows it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EgressRecord, LimitValues, LogRecord, Page } from "@runagent/protocol";
import {
  type Egress,
  EgressRecords,
  type Inherited,
  isAddressRule,
  type MappedHost,
  mappedHostText,
  openEgress,
  type Report,
  type Visitor,
} from "../egress/index.ts";
import { claim, isOwned } from "../sandbox/index.ts";

export interface WayOutOptions {
  readonly home: string;
  readonly mapped: readonly MappedHost[];
  readonly privateRanges: readonly string[];
  /** How long what is left goes on without this server, in milliseconds; 0: nothing is left. */
  readonly outlives: number;
  readonly limits: LimitValues;
  /** The one run that a version had then, in milliseconds since the epoch. */
  readonly runAt: (visitor: Visitor, at: number) => string | null;
  readonly onHost: (host: string, port: number) => void;
  readonly onLog: (run: string | null, record: LogRecord) => void;
  readonly count: (record: EgressRecord) => void;
}

export class WayOut {
  readonly #options: WayOutOptions;
  readonly #records: EgressRecords;
  readonly #said = new Set<string>();
  #egress: Promise<Egress> | null = null;
  #inherited: readonly Inherited[] = [];

  constructor(options: WayOutOptions) {
    this.#options = options;
    this.#records = new EgressRecords(options.limits.egress_records, options.runAt);
  }

  egress(): Promise<Egress> {
    this.#egress ??= this.#open();
    return this.#egress;
  }

  /** Before the first sandbox: takes over these networks of an earlier server, and takes all others of it away. */
  async inherit(networks: readonly Inherited[]): Promise<void> {
    this.#inherited = networks;
    if (existsSync(this.#folder)) await this.egress();
  }

  list(agent: string, cursor: string | null, limit: number): Page<EgressRecord> {
    return this.#records.list(agent, cursor, limit);
  }

  async close(): Promise<void> {
    await (await this.#egress?.catch(() => null))?.close();
  }

  /** What is open in the networks that are in use goes on until the next server is there. */
  async leave(): Promise<void> {
    await (await this.#egress?.catch(() => null))?.leave();
  }

  get #folder(): string {
    return join(this.#options.home, "networks");
  }

  #open(): Promise<Egress> {
    const { mapped, privateRanges, outlives, limits } = this.#options;
    return openEgress({
      ...{ folder: this.#folder, mapped, privateRanges, outlives, limits, claim, isOwned },
      inherited: this.#inherited,
      onReport: (visitor, report) => this.#take(visitor, report),
      note: (sentence) => this.#log(null, "warning", sentence),
    });
  }

  #take(visitor: Visitor, report: Report): void {
    const record = this.#records.add(visitor, report);
    this.#options.count(record);
    if (record.result === "open" && record.port !== null) this.#options.onHost(record.host, record.port);
    const sentence = advice(record);
    if (sentence === null || this.#said.has(sentence) || this.#said.size >= this.#options.limits.egress_records) return;
    this.#said.add(sentence);
    this.#log(record.run, "warning", sentence);
  }

  #log(run: string | null, level: LogRecord["level"], message: string): void {
    this.#options.onLog(run, { at: new Date().toISOString(), level, stream: "logging", message });
  }
}

/** What a person can do about it; null: nothing. */
function advice({ agent, host, port, result, reason }: EgressRecord): string | null {
  const target = port === null || port === 80 || port === 443 ? host : `${host}:${port}`;
  if (reason === "not_allowed" || reason === "port_not_allowed") {
    const command = /^[a-z0-9._-]+$/.test(host) ? ` Allow it: runagent egress ${agent} --allow ${target}` : "";
    return `${target} was refused: it is not in network.egress.${command}`;
  }
  if (reason === "private_address" || reason === "no_public_address") {
    return `${target} was not reached: no address of it is public. Lead it elsewhere: --map-host ${host}=ADDRESS:PORT`;
  }
  return result === "limited" ? `${target} was refused: ${reason?.replaceAll("_", " ")}.` : null;
}

/** Said at every start: a name that leads elsewhere must surprise nobody. */
export function mappedNotes(mapped: readonly MappedHost[], sandbox: boolean): readonly string[] {
  if (mapped.length === 0) return [];
  if (!sandbox) return ["--map-host does nothing without --sandbox."];
  return mapped.map((one) => `Mapped for the sandbox: ${mappedHostText(one).replace("=", " leads to ")}`);
}

/** What of the rules does nothing in a sandbox. */
export function egressNotes(rules: readonly string[]): readonly string[] {
  const addresses = rules.filter(isAddressRule);
  if (addresses.length === 0) return [];
  return [`A sandbox reaches names only; these addresses of network.egress are not reached: ${addresses.join(", ")}.`];
}
