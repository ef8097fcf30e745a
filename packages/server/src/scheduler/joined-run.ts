/** A run as a second caller with its Idempotency-Key gets it: the same run, and whether it had ended before. */
import type { RunAnswer, RunRecord } from "@runagent/protocol";
import type { EventLog } from "./event-log.ts";
import type { Run } from "./run.ts";

export class JoinedRun {
  readonly #run: Run;
  readonly replayed: boolean;
  readonly joined = true;

  constructor(run: Run) {
    this.#run = run;
    this.replayed = run.ended;
  }

  get id(): string {
    return this.#run.id;
  }

  get version(): string {
    return this.#run.version;
  }

  get inBackground(): boolean {
    return this.#run.inBackground;
  }

  get answer(): Promise<RunAnswer> {
    return this.#run.answer;
  }

  get events(): EventLog {
    return this.#run.events;
  }

  record(): RunRecord {
    return this.#run.record();
  }

  attach(kind: "json" | "stream"): () => void {
    return this.#run.attach(kind);
  }
}
