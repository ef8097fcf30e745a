/** What a run printed, bounded: beyond `logs_per_run` further lines are dropped, and said once. */
import type { LogRecord } from "@runagent/protocol";

const RECORD_BYTES = 64; // what a record takes beside its message: empty lines count too

export class RunLog {
  readonly #limit: number;
  readonly #records: LogRecord[] = [];
  #full = false;
  bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** The record that was kept: the line, or once the note that further ones are dropped, or null. */
  add(record: LogRecord): LogRecord | null {
    if (this.#full) return null;
    const size = RECORD_BYTES + Buffer.byteLength(record.message);
    if (this.bytes + size > this.#limit) {
      this.#full = true;
      return this.#keep({
        ...record,
        level: "warning",
        message: `further lines are dropped: ${this.#limit} bytes are kept`,
      });
    }
    this.bytes += size;
    return this.#keep(record);
  }

  #keep(record: LogRecord): LogRecord {
    this.#records.push(record);
    return record;
  }
}
