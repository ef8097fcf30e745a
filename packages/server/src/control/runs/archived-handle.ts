/** An archived run, as whoever asks for runs gets one: it has ended, nothing of it changes any more. */
import type { JsonText, LogRecord, RunAnswer, RunEvent, RunRecord } from "@runagent/protocol";
import { problem, RunAgentError } from "@runagent/protocol";
import type { Found } from "./ports.ts";

export class ArchivedHandle {
  readonly id: string;
  readonly version: string;
  readonly inBackground: boolean;
  readonly events: ArchivedEvents;
  /** Found under its Idempotency-Key. */
  readonly replayed: boolean;
  readonly joined: boolean;
  readonly #found: Found;

  constructor(found: Found, { replayed }: { readonly replayed: boolean }) {
    const { record, background } = found.about;
    this.id = record.id;
    this.version = record.version;
    this.inBackground = background;
    this.replayed = replayed;
    this.joined = replayed;
    this.events = new ArchivedEvents(found);
    this.#found = found;
  }

  get answer(): Promise<RunAnswer> {
    return Promise.resolve(answerOf(this.#found));
  }

  get logs(): readonly LogRecord[] {
    return this.#found.logs();
  }

  record(): RunRecord {
    return this.#found.about.record;
  }

  /** Nobody needs to stay. */
  attach(): () => void {
    return () => undefined;
  }
}

class ArchivedEvents {
  readonly last: number;
  readonly ended = true;
  readonly #found: Found;
  #events: readonly RunEvent[] | null | undefined;

  constructor(found: Found) {
    this.last = found.about.record.last_event;
    this.#found = found;
  }

  slice(after: number, max: number): readonly RunEvent[] {
    if (this.#events === undefined) this.#events = this.#found.events();
    if (this.#events !== null) return this.#events.slice(after, after + max);
    const { id } = this.#found.about.record;
    throw new RunAgentError("EVENTS_GONE", `The events of the run ${id} are no longer kept.`, { run_id: id });
  }

  changed(): Promise<void> {
    return Promise.resolve();
  }

  onLog(): () => void {
    return () => undefined;
  }
}

function answerOf(found: Found): RunAnswer {
  const { record, streamed, attemptFrom } = found.about;
  if (record.status === "failed" && record.error !== null) return { kind: "problem", problem: record.error };
  if (record.status === "cancelled") {
    const { by, reason } = record.cancelled ?? { by: "operator", reason: null };
    const members = { run_id: record.id, by, reason };
    return { kind: "problem", problem: problem("RUN_CANCELLED", "The run was cancelled.", members) };
  }
  const output = record.output ?? "null";
  const events = streamed ? found.events() : null;
  if (events === null) return { kind: "value", output };
  return { kind: "streamed", chunks: chunksOf(events, attemptFrom), output };
}

const chunksOf = (events: readonly RunEvent[], after: number): JsonText[] =>
  events.filter(({ n, type }) => n > after && type === "chunk").map(({ data }) => data);
