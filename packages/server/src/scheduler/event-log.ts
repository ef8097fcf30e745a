/**
 * The events of one run, numbered from 1 without a gap (invariant R2), and who waits for more. Readers pull (G1): nobody
 * is pushed at, so a slow or absent reader costs the run nothing. The ending event is the last.
 */
import type { EventType, JsonText, LogRecord, RunEvent } from "@runagent/protocol";
import { isEnd } from "@runagent/protocol";

export class EventLog {
  /** Type and data in turn, no object for each event: they are many, and are kept for long after they were read. */
  readonly #parts: (EventType | JsonText)[] = [];
  #waiters: Set<() => void> | null = null;
  #listeners: Set<(record: LogRecord) => void> | null = null;
  #ended = false;
  /** Bytes of the data of all events that count towards `events_per_run`. */
  bytes = 0;

  get last(): number {
    return this.#parts.length / 2;
  }

  get ended(): boolean {
    return this.#ended;
  }

  slice(after: number, max: number): readonly RunEvent[] {
    const events: RunEvent[] = [];
    const end = Math.min(this.last, after + max);
    for (let n = after + 1; n <= end; n += 1) {
      events.push({ n, type: this.#type(n), data: this.#parts[2 * n - 1] ?? "" });
    }
    return events;
  }

  /** Resolves when there is an event after `after`, the run has ended, or the signal aborts. */
  changed(after: number, signal: AbortSignal): Promise<void> {
    if (this.last > after || this.#ended || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters?.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiters ??= new Set();
      this.#waiters.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  onLog(listener: (record: LogRecord) => void): () => void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** Nothing is written after the end (R1, R2). */
  append(type: EventType, data: JsonText): void {
    if (this.#ended) return;
    this.#parts.push(type, data);
    if (isEnd(type)) this.#ended = true;
    if (this.#waiters !== null && this.#waiters.size > 0) for (const wake of [...this.#waiters]) wake();
  }

  log(record: LogRecord): void {
    if (this.#listeners !== null) for (const listener of this.#listeners) listener(record);
  }

  /** The texts of the chunks after event `after`. */
  chunks(after: number): JsonText[] {
    const texts: JsonText[] = [];
    for (let n = after + 1; n <= this.last; n += 1) {
      if (this.#type(n) === "chunk") texts.push(this.#parts[2 * n - 1] ?? "");
    }
    return texts;
  }

  #type(n: number): EventType {
    return this.#parts[2 * n - 2] as EventType; // what stands at even places
  }
}
