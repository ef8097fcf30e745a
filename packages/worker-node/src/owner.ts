/**
 * Whose code runs now: a run, or the load. Async context carries it through timers and promises, so that a print or an
 * error that escaped is told where it belongs.
 */
import type { GuardOwner } from "./guard.ts";
import { type LogSink, logRecord } from "./logs.ts";
import { messageOf } from "./problems.ts";
import { tracebackOf } from "./stack.ts";

export interface Owner extends GuardOwner {
  readonly log: LogSink;
}

/** Who owns what happens while the agent is imported; afterwards it owns nothing. */
export class Loading implements Owner {
  readonly exited: Promise<never>;
  readonly log: LogSink;
  #reject: (error: Error) => void = () => {};
  over = false;

  constructor(log: LogSink) {
    this.log = log;
    this.exited = new Promise((_, reject) => {
      this.#reject = reject;
    });
    this.exited.catch(() => {}); // looked at by the race above, or too late to matter
  }

  fail(error: Error): void {
    this.#reject(error);
  }

  escaped(what: string, error: unknown): void {
    this.log(logRecord("error", "stderr", `${what}: ${tracebackOf(error) ?? messageOf(error)}`));
  }
}
