/** Thrown by `run` when the agent asks a person something: there is no output yet. */
import type { Run } from "@runagent/protocol/run";
import type { RunHandle } from "./run-handle.ts";

export class RunWaiting extends Error {
  override readonly name = "RunWaiting";
  readonly run: Run;
  /** `handle.resume(value)` answers, `handle.wait()` waits for the output. */
  readonly handle: RunHandle;

  constructor(handle: RunHandle, run: Run) {
    super(`Run ${run.id} waits for an answer`);
    this.handle = handle;
    this.run = run;
  }
}
