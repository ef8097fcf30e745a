/**
 * One version's place on this host: cold, starting, or up (and then perhaps parked). However many callers wait, it is
 * started once. Unused, it is parked after `idle_timeout` and gone after ten times that.
 */
import { type LimitValues, RunAgentError } from "@runagent/protocol";
import type { HostMemory } from "./host-memory.ts";
import type {
  Clock,
  FoundResident,
  Observer,
  PlacedVersion,
  Resident,
  ScaleBounds,
  Starter,
  Versions,
} from "./ports.ts";
import { bundleOf, startKind, type VersionRecord } from "./records.ts";
import { Waiters } from "./waiters.ts";

export interface ResidencyParts<Source> {
  readonly starter: Pick<Starter<Source>, "start">;
  readonly versions: Versions<Source>;
  readonly memory: HostMemory;
  readonly clock: Clock;
  readonly observer: Pick<Observer, "note" | "started" | "evicted">;
  readonly limits: Pick<
    LimitValues,
    "queue_per_agent" | "queue_per_key" | "sandbox_reserve" | "spawn_retry" | "stop_grace"
  >;
}

interface Up<Source> {
  readonly resident: Resident<Source>;
  readonly placed: PlacedVersion;
  readonly since: number;
  readonly release: () => void;
  parked: boolean;
}

const GONE_AFTER = 10; // times `idle_timeout`: the design's

export class Residency<Source> {
  #record: VersionRecord;
  readonly #parts: ResidencyParts<Source>;
  #up: Up<Source> | null = null;
  #starting: { readonly done: Promise<void>; readonly abort: AbortController } | null = null;
  #stopTimer: (() => void) | null = null;
  #failed: { readonly fault: unknown; readonly until: number } | null = null;
  #live = false;
  #warmUntil: number | null = null;
  #bounds: ScaleBounds = { min: null, max: null };
  #touched: number;
  #closed = false;
  #outdated = false;
  readonly #waiters: Waiters;
  readonly #ending = new Set<Promise<void>>();

  constructor(record: VersionRecord, parts: ResidencyParts<Source>) {
    this.#record = record;
    this.#parts = parts;
    this.#waiters = new Waiters(parts.limits);
    this.#touched = parts.clock.now();
  }

  /** Of a new version, its entrypoints are known when it has started. */
  get record(): VersionRecord {
    return this.#record;
  }

  /** Runs can be started at once: a run wakes what is parked. */
  get up(): boolean {
    return this.#up !== null;
  }

  get state(): "cold" | "starting" | "running" | "parked" {
    if (this.#up !== null) return this.#up.parked ? "parked" : "running";
    return this.#starting === null ? "cold" : "starting";
  }

  get since(): number {
    return this.#up?.since ?? this.#touched;
  }

  get bytes(): number | null {
    return this.#up?.resident.memory() ?? null;
  }

  /** Since when nobody needs it; null: somebody does, or it is to stay. */
  get idleSince(): number | null {
    if (this.#up === null || this.#keeps || this.#waiters.count > 0) return null;
    const idle = this.#up.placed.idleSince;
    return idle === null ? null : Math.max(idle, this.#touched);
  }

  /** A run refers to it. */
  get inUse(): boolean {
    return this.#starting !== null || (this.#up !== null && this.#up.placed.idleSince === null);
  }

  /** What is promised to it. */
  get needs(): number {
    return memoryOf(this.record.config.resources.memory, this.#parts.limits.sandbox_reserve, this.#parts.memory.total);
  }

  touch(): void {
    this.#touched = this.#parts.clock.now();
    if (this.#up?.parked === true) this.#stir(this.#up);
  }

  /** New runs go here, or no longer; then it stays warm until the given time. */
  setLive(live: boolean, warmUntil: number | null): void {
    this.#live = live;
    this.#warmUntil = warmUntil;
    this.#touched = this.#parts.clock.now();
    if (live) this.#up?.placed.lead();
    if (this.#up !== null) this.#watchIdle();
    if (this.#keeps && this.#up === null) void this.awaken("").catch(() => undefined); // the next call hears why
  }

  /** Takes hold with `setLive`. */
  scale(bounds: ScaleBounds): void {
    this.#bounds = bounds;
    this.#up?.placed.scale(bounds);
  }

  /** Resolves when runs can be started. Throws LOAD_FAILED, NO_CAPACITY, QUEUE_FULL. */
  awaken(callerKey: string): Promise<void> {
    this.touch();
    return this.#waiters.wait(callerKey, async () => {
      while (this.#up === null) await this.#start();
    });
  }

  /** Takes over what an earlier server left running; what does not answer any more is ended, and started when called. */
  adopt(found: FoundResident<Source>): void {
    const { memory, clock, observer } = this.#parts;
    const done = this.#begin(async (signal) => {
      const began = clock.now();
      try {
        this.#place(await found.adopt(signal), memory.adopt(this.needs), began);
        observer.started("restore", clock.now() - began);
      } catch (fault) {
        this.#complain("what ran of it could not be taken over", fault);
        await found.discard();
      }
    });
    done.catch(() => undefined); // it was noted
  }

  /** Its sandbox has secrets that are no longer so: another takes its place, and no run is lost. */
  async renew(): Promise<void> {
    if (this.#starting !== null) this.#outdated = true;
    const old = this.#up;
    if (old === null) return;
    if (old.parked || (this.idleSince !== null && !this.#live)) {
      this.#leavePlace(old);
      return;
    }
    const abort = new AbortController();
    const { resident, release } = await this.#launch(abort.signal);
    if (this.#closed || this.#up !== old) {
      await resident.close(0);
      release();
      return;
    }
    this.#place(resident, release, this.#parts.clock.now());
    this.#end(old);
  }

  cancelRuns(reason: string): void {
    this.#up?.placed.cancelRuns(reason);
  }

  /** Cold, when its last run has ended; it may be started again. */
  async cool(): Promise<void> {
    if (this.#up !== null) this.#leavePlace(this.#up);
    await Promise.all(this.#ending);
  }

  /** Gives up a start in progress; cold, and never started again. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#starting?.abort.abort(new RunAgentError("DRAINING", "The version is not served any longer."));
    await this.#starting?.done.catch(() => undefined);
    await this.cool();
  }

  /** The server ends; the sandbox stays for the next one. */
  async leave(): Promise<void> {
    this.#closed = true;
    this.#stopTimer?.();
    this.#starting?.abort.abort(new RunAgentError("DRAINING", "The server is stopping."));
    await this.#starting?.done.catch(() => undefined);
    await this.#up?.resident.leave();
  }

  get #keeps(): boolean {
    return this.#live && (this.#bounds.min ?? this.record.config.resources.minInstances) > 0;
  }

  #start(): Promise<void> {
    if (this.#closed) throw new RunAgentError("DRAINING", "The version is not served any longer.");
    if (this.#starting !== null) return this.#starting.done;
    if (this.#failed !== null && this.#failed.until > this.#parts.clock.now()) throw this.#failed.fault;
    return this.#begin(async (signal) => {
      const began = this.#parts.clock.now();
      const { resident, release } = await this.#launch(signal);
      this.#place(resident, release, this.#parts.clock.now());
      this.#parts.observer.started("sandbox", this.#parts.clock.now() - began);
    });
  }

  #begin(launch: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    const done = launch(abort.signal).then(
      () => this.#started(),
      (fault: unknown) => {
        this.#starting = null;
        this.#failed = { fault, until: this.#parts.clock.now() + this.#parts.limits.spawn_retry };
        throw fault;
      },
    );
    this.#starting = { done, abort };
    return done;
  }

  #started(): void {
    this.#starting = null;
    this.#failed = null;
    if (!this.#outdated) return;
    this.#outdated = false;
    void this.renew().catch((fault: unknown) => this.#complain("new secrets did not reach it", fault));
  }

  async #launch(signal: AbortSignal) {
    const { agent, version, config, built } = this.record;
    const bundle = bundleOf(this.record);
    const release = await this.#parts.memory.reserve({ agent, bytes: this.needs }, signal);
    try {
      const resident = await this.#parts.starter.start({ agent, version, bundle, config, built, signal });
      if (!signal.aborted) return { resident, release };
      await resident.close(0);
      throw signal.reason;
    } catch (fault) {
      release();
      throw fault;
    }
  }

  #place(resident: Resident<Source>, release: () => void, since: number): void {
    const placed = this.#parts.versions.add(resident.source);
    placed.scale(this.#bounds);
    if (this.#live) placed.lead();
    const { description } = resident;
    if (this.#record.entrypoints.length === 0) {
      this.#record = { ...this.#record, entrypoints: description.entrypoints, start: startKind(description) };
    }
    const up: Up<Source> = { resident, placed, since, release, parked: false };
    this.#up = up;
    this.touch();
    this.#watchIdle();
  }

  #stir(up: Up<Source>): void {
    up.parked = false;
    this.#watchIdle();
  }

  #watchIdle(): void {
    this.#stopTimer?.();
    const { clock } = this.#parts;
    this.#stopTimer = clock.after(this.#nextLook(), () => this.#look());
  }

  #nextLook(): number {
    const { clock } = this.#parts;
    const { idleTimeoutMs } = this.record.config.resources;
    const since = this.idleSince;
    if (since === null) return idleTimeoutMs;
    const now = clock.now();
    const next =
      this.#up?.parked === true || since + idleTimeoutMs <= now ? this.#goneAt(since) : since + idleTimeoutMs;
    return Math.max(1, next - now);
  }

  #goneAt(since: number): number {
    return this.#warmUntil ?? since + GONE_AFTER * this.record.config.resources.idleTimeoutMs;
  }

  #look(): void {
    const up = this.#up;
    const since = this.idleSince;
    if (up === null || this.#closed) return;
    const now = this.#parts.clock.now();
    if (since !== null && now >= this.#goneAt(since)) {
      this.#parts.observer.evicted("idle");
      this.#leavePlace(up);
      return;
    }
    if (since !== null && now - since >= this.record.config.resources.idleTimeoutMs) this.#park(up);
    this.#watchIdle();
  }

  #park(up: Up<Source>): void {
    if (up.parked) return;
    up.parked = true;
    up.resident.park().then(
      (parked) => {
        if (!parked) up.parked = false;
      },
      (fault: unknown) => {
        up.parked = false;
        this.#complain("it could not be parked", fault);
      },
    );
  }

  #leavePlace(up: Up<Source>): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    this.#up = null;
    this.#end(up);
  }

  #end(up: Up<Source>): void {
    const done: Promise<void> = up.placed
      .retire()
      .catch((fault: unknown) => this.#complain("its sandbox did not end", fault))
      .finally(() => {
        up.release();
        this.#ending.delete(done);
      });
    this.#ending.add(done);
  }

  #complain(what: string, fault: unknown): void {
    const { agent, version } = this.record;
    this.#parts.observer.note(`${agent}@${version}: ${what}: ${RunAgentError.wrap(fault).message}`);
  }
}

/** What is promised to a sandbox that names no memory is small: most of them need little. */
export function memoryOf(named: number | null, usual: number, total: number): number {
  return named ?? Math.min(usual, total);
}
