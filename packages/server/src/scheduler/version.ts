/** One loaded version: its entrypoints as the scheduler needs them, and who still refers to it. */
import type { JsonText, LimitValues } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { Pace } from "./pace.ts";
import type { VersionSource } from "./ports.ts";
import { Redactor } from "./redaction.ts";

export interface Entry {
  readonly tag: string;
  /** Runs that one process takes at a time. */
  readonly slots: number;
  /** Of a plain function, whose worker lets runs wait; else null. */
  readonly pace: Pace | null;
  readonly redactor: Redactor | null;
  readonly attempts: Attempts;
  /** Its config says `"delivery": "background"`. */
  readonly inBackground: boolean;
}

/** What may be tried again: `retry`, or `idempotent`, of the entrypoint's config. */
export interface Attempts {
  readonly most: number;
  readonly on: readonly string[];
  readonly delayMs: number;
  readonly factor: number;
  /** A new run is safe for the caller after its worker was lost. */
  readonly idempotent: boolean;
}

const ATTEMPTS_OF_IDEMPOTENT = 3; // the design's

export class Version {
  readonly source: VersionSource;
  readonly agent: string;
  readonly name: string;
  /** Data of the `started` event of a first attempt. */
  readonly startedData: JsonText;
  readonly entries = new Map<string, Entry>();
  /** Since when no run refers to it; null: one does. */
  idleSince: number | null;
  readonly #now: () => number;
  #references = 0;
  #whenFree: (() => void) | null = null;
  retired = false;

  constructor(source: VersionSource, limits: LimitValues, now: () => number) {
    this.#now = now;
    this.idleSince = now();
    this.source = source;
    this.agent = source.agent;
    this.name = source.version;
    this.startedData = JSON.stringify({ attempt: 1, version: source.version });
    const redactor = Redactor.of(source.secrets);
    for (const { tag, slots, serial } of source.description.entrypoints) {
      const config = source.config.entrypoints.find((one) => one.tag === tag);
      this.entries.set(tag, {
        tag,
        slots: Math.max(1, slots),
        pace: serial === true && slots === 1 ? new Pace(limits) : null,
        redactor: config?.redact === false ? null : redactor,
        attempts: attemptsOf(config?.retry ?? null, config?.idempotent ?? false),
        inBackground: config?.delivery === "background",
      });
    }
  }

  entry(tag: string): Entry {
    const entry = this.entries.get(tag);
    if (entry !== undefined) return entry;
    throw new RunAgentError(
      "ENTRYPOINT_NOT_FOUND",
      `The agent ${this.agent} has no entrypoint ${JSON.stringify(tag)}.`,
    );
  }

  /** No caller may ask for more than the config's. */
  timeoutFor(wantedMs: number | null): number {
    const { timeoutMs } = this.source.config.resources;
    return wantedMs === null ? timeoutMs : Math.min(wantedMs, timeoutMs);
  }

  /** A run refers to it until it has ended and left its worker. */
  hold(): void {
    this.#references += 1;
    this.idleSince = null;
  }

  release(): void {
    this.#references -= 1;
    if (this.#references > 0) return;
    this.idleSince = this.#now();
    this.#whenFree?.();
  }

  /** Resolves when no run refers to it any more. */
  free(): Promise<void> {
    if (this.#references === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.#whenFree;
      this.#whenFree = () => {
        before?.();
        resolve();
      };
    });
  }
}

function attemptsOf(retry: VersionSource["config"]["entrypoints"][number]["retry"], idempotent: boolean): Attempts {
  if (retry !== null) {
    return { most: retry.maxAttempts, on: retry.on, delayMs: retry.delayMs, factor: retry.factor, idempotent };
  }
  return { most: idempotent ? ATTEMPTS_OF_IDEMPOTENT : 1, on: ["WORKER_LOST"], delayMs: 0, factor: 1, idempotent };
}
