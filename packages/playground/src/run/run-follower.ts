/**
 * One run, followed: its events from the first, its logs, its record. What comes within a frame changes the page once.
 * `close` ends the following, never the run.
 */
import { type Signal, signal } from "@preact/signals";
import { isRunAgentError, type LogRecord, type Run, type RunStatus, type StreamEvent } from "@runagent/sdk";
import { client } from "../server/client.ts";
import { storedTimes, storeTimes } from "./arrival-times.ts";

export type NumberedEvent = Exclude<StreamEvent, { type: "log" }>;

/** What came, in the order it came. `at`: milliseconds since the run was made; null: it was not seen live. */
export interface Arrival {
  readonly event: StreamEvent;
  readonly at: number | null;
}

const ALL = [
  "started",
  "chunk",
  "text",
  "reasoning",
  "tool.call",
  "tool.result",
  "custom",
  "usage",
  "waiting",
  "restarted",
  "log",
] as const;

/** A run that was made this short a time ago was seen from its start. */
const FROM_START_MS = 1500;

export class RunFollower {
  readonly id: string;
  readonly arrivals: Arrival[] = [];
  readonly logs: LogRecord[] = [];
  /** The record as it was last read. */
  readonly run: Signal<Run | null> = signal(null);
  readonly status: Signal<RunStatus | null> = signal(null);
  /** Counts the frames in which something came. */
  readonly frame = signal(0);
  /** Why it cannot be followed. */
  readonly failure: Signal<unknown> = signal(null);
  readonly #times: (number | null | undefined)[] = [];
  readonly #abort = new AbortController();
  #known: ReturnType<typeof storedTimes> = [];
  #liveAfter = Number.POSITIVE_INFINITY;
  #madeAt = 0;
  #scheduled = false;

  constructor(id: string) {
    this.id = id;
    void this.#follow();
  }

  close(): void {
    this.#abort.abort();
    storeTimes(this.id, this.#times);
  }

  async cancel(): Promise<void> {
    try {
      this.#took(await client.runs.handle(this.id).cancel());
    } catch (error) {
      this.failure.value = error;
    }
  }

  /** Throws INVALID_INPUT with pointers into the value. */
  async resume(value: unknown): Promise<void> {
    this.#took(await client.runs.handle(this.id).resume(value));
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    try {
      const events = client.runs.handle(this.id).events({ types: ALL, signal });
      // Asked for together: when the first event comes counts. A run that waits for a worker has none yet.
      const coming = events.next();
      coming.catch(() => undefined); // it is awaited below, unless the run cannot be read at all
      this.#begin(await client.runs.get(this.id, { signal }));
      void this.#readLogs();
      const first = await coming;
      if (first.done !== true) this.#arrived(first.value);
      for await (const event of events) this.#arrived(event);
    } catch (error) {
      if (signal.aborted) return;
      if (!this.#isOwn(error)) this.failure.value = error;
    }
    if (!signal.aborted) await this.#end();
  }

  #begin(run: Run): void {
    this.#took(run);
    this.#known = storedTimes(this.id);
    this.#madeAt = Date.parse(run.created_at);
    if (run.ended_at !== null) return;
    this.#liveAfter = Date.now() - this.#madeAt < FROM_START_MS ? 0 : run.last_event;
  }

  #arrived(event: StreamEvent): void {
    if (event.type === "log") this.logs.push(event.data);
    else this.#follows(event);
    this.arrivals.push({ event, at: this.#timeOf(event) });
    this.#show();
  }

  #timeOf(event: StreamEvent): number | null {
    const now = Date.now() - this.#madeAt;
    if (event.n === null) return Math.max(0, Date.parse(event.data.at) - this.#madeAt);
    const at = event.n > this.#liveAfter ? now : (this.#known[event.n] ?? null);
    this.#times[event.n] = at;
    return at;
  }

  #follows({ type }: NumberedEvent): void {
    const next =
      STATUS_AFTER[type] ?? (this.status.value === "waiting" || this.status.value === "queued" ? "running" : null);
    if (next !== null && !isOver(this.run.value)) this.status.value = next;
    if (type === "waiting") void this.#read();
  }

  async #end(): Promise<void> {
    storeTimes(this.id, this.#times);
    await Promise.all([this.#read(), this.#readLogs()]);
    this.#show();
  }

  async #read(): Promise<void> {
    try {
      this.#took(await client.runs.get(this.id, { signal: this.#abort.signal }));
    } catch (error) {
      if (!this.#abort.signal.aborted) this.failure.value = error;
    }
  }

  /** Those from before we were there. They have their times: the events are not moved for them. */
  async #readLogs(): Promise<void> {
    try {
      const all = await client.runs.handle(this.id).logs({ signal: this.#abort.signal });
      if (all.length > this.logs.length) this.logs.splice(0, this.logs.length, ...all);
      this.#show();
    } catch (error) {
      if (!this.#abort.signal.aborted) this.failure.value ??= error;
    }
  }

  #took(run: Run): void {
    this.run.value = run;
    this.status.value = run.status;
  }

  #show(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A tab that is not seen has no frames: there it is shown when it is seen again.
    requestAnimationFrame(() => {
      this.#scheduled = false;
      this.frame.value += 1;
    });
  }

  /** The run's own failure is one of its events, not a failure to follow it. */
  #isOwn(error: unknown): boolean {
    const last = this.arrivals.at(-1)?.event.type;
    return isRunAgentError(error) && (last === "error" || last === "cancelled");
  }
}

const STATUS_AFTER: Partial<Record<StreamEvent["type"], RunStatus>> = {
  waiting: "waiting",
  result: "succeeded",
  error: "failed",
  cancelled: "cancelled",
};

export const isOver = (run: Run | null): boolean => run !== null && run.ended_at !== null;
