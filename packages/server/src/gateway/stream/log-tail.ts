/**
 * Live log records of a run for one reader, each kept with the number of the event after which it happened. Records that a
 * slow reader has no room for are dropped: logs are not events, nobody waits for them.
 */
import { LIMITS, type LogRecord } from "@runagent/protocol";
import type { EventReader } from "../ports.ts";
import type { StreamFormat } from "./format.ts";

export class LogTail {
  readonly #stop: () => void;
  readonly #pending: { readonly after: number; readonly text: string }[] = [];
  #size = 0;

  /** `wake` is called when there is a new record. */
  constructor(events: EventReader, format: StreamFormat, wake: () => void) {
    this.#stop = events.onLog((record: LogRecord) => {
      if (this.#size > LIMITS.reader_behind.value) return;
      const text = format.log(record);
      this.#size += text.length;
      this.#pending.push({ after: events.last, text });
      wake();
    });
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Takes the records that happened before event `n`. */
  takeBefore(n: number): string {
    let text = "";
    while (this.#pending[0] !== undefined && this.#pending[0].after < n) {
      text += this.#pending.shift()?.text ?? "";
    }
    this.#size -= text.length;
    return text;
  }

  close(): void {
    this.#stop();
  }
}
