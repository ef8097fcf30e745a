/**
 * One execution of one run in this process. It ends once (R1): the first of result, error and interrupt counts, what comes
 * after is ignored. Everything that leaves goes through its outbox, in order.
 */
import {
  type InvokeBody,
  type LogRecord,
  RunAgentError,
  type WorkerError,
  type WorkerEventType,
} from "@runagent/protocol";
import type { GuardOwner } from "./guard.ts";
import { leave } from "./leaving.ts";
import { LogAllowance, type LogSink, logRecord } from "./logs.ts";
import type { Outbox } from "./outbox.ts";
import { messageOf, workerError } from "./problems.ts";
import { tracebackOf } from "./stack.ts";

export interface RunLimits {
  readonly logs_per_run: number;
  readonly event: number;
  readonly output: number;
  readonly session_bytes: number;
}

export interface RunEvents {
  /** It is about to end: what belongs to it and waits somewhere must come now. */
  ending(run: Run): void;
  ended(run: Run): void;
  /** Its code still prints after the end, or prints more than can be sent: true, the record went elsewhere. */
  diverted(run: Run, record: LogRecord): boolean;
}

/** What code that goes on after `interrupt` gets. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export class Run implements GuardOwner {
  readonly body: InvokeBody;
  readonly outbox: Outbox;
  readonly #limits: RunLimits;
  readonly #events: RunEvents;
  readonly #allowance: LogAllowance;
  #controller: AbortController | null = null;
  #cancelled: { readonly by: string; readonly reason: string | null } | null = null;
  #interrupts: unknown[] | null = null;
  #fatal: unknown = null;
  ended = false;
  /** Names the session's state when the function began, to see whether it changed. */
  session: object = {};
  sessionBefore = "{}";

  constructor(options: { body: InvokeBody; outbox: Outbox; limits: RunLimits; events: RunEvents }) {
    this.body = options.body;
    this.outbox = options.outbox;
    this.#limits = options.limits;
    this.#allowance = new LogAllowance(options.limits.logs_per_run);
    this.#events = options.events;
  }

  get cancelled(): boolean {
    return this.#cancelled !== null;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#cancelled !== null) this.#controller.abort(abortReason(this.#cancelled));
    }
    return this.#controller.signal;
  }

  cancel(by: string, reason: string | null): void {
    if (this.ended || this.#cancelled !== null) return;
    this.#cancelled = { by, reason };
    this.#controller?.abort(abortReason(this.#cancelled));
    this.outbox.release();
  }

  event(type: WorkerEventType, data: unknown): void {
    if (this.ended) return;
    const { json, notes } = leave(data);
    for (const note of notes) this.note(note.pointer, note.text);
    if (isLonger(json, this.#limits.event)) {
      this.#fatal ??= new RunAgentError(
        "EVENT_TOO_LARGE",
        `an event of more than ${this.#limits.event} bytes (${type})`,
      );
      throw this.#fatal;
    }
    this.outbox.send("event", `${type}\n${json}`);
  }

  note(pointer: string, text: string): void {
    this.log(logRecord("warning", "logging", `output ${pointer === "" ? "" : `${pointer}: `}${text}`));
  }

  readonly log: LogSink = (record: LogRecord): void => {
    if (!this.#events.diverted(this, record) && this.#allowance.takes(record))
      this.outbox.send("log", JSON.stringify(record));
  };

  step(name: string, value: unknown): void {
    if (!this.ended) this.outbox.send("step", leave({ name, value }).json);
  }

  interrupt(id: string, question: unknown, schema: unknown): Interrupted {
    this.#interrupts ??= [];
    this.#interrupts.push({ id, question, schema });
    return new Interrupted("the run waits for an answer");
  }

  /** `word` is `value` or `stream`; `undefined` of a stream is no return value. */
  succeed(word: "value" | "stream", output: unknown): void {
    if (this.ended) return;
    if (this.#interrupts !== null || this.#fatal !== null) {
      this.fail(this.#fatal);
      return;
    }
    try {
      const { json, notes } = word === "stream" && output === undefined ? { json: "", notes: [] } : leave(output);
      for (const note of notes) this.note(note.pointer, note.text);
      if (isLonger(json, this.#limits.output)) {
        throw new RunAgentError("OUTPUT_TOO_LARGE", `an output of more than ${this.#limits.output} bytes`);
      }
      this.#saveSession();
      this.#end("result", `${word}\n${json}`);
    } catch (error) {
      this.#end("error", JSON.stringify(workerError(error)));
    }
  }

  /** The function threw, or asked for a person, or the process was asked to exit. */
  fail(thrown: unknown): void {
    if (this.ended) return;
    if (this.#interrupts !== null && !isRealFailure(thrown)) {
      this.#end("interrupt", leave({ interrupts: this.#interrupts }).json);
    } else this.#end("error", JSON.stringify(this.#failure(thrown)));
  }

  #failure(thrown: unknown): WorkerError {
    if (this.#cancelled === null || this.#fatal !== null) return workerError(this.#fatal ?? thrown);
    const { by, reason } = this.#cancelled;
    const code = by === "deadline" ? "DEADLINE_EXCEEDED" : "RUN_CANCELLED";
    return { code, detail: reason ?? `stopped by ${by}` };
  }

  escaped(what: string, error: unknown): void {
    this.log(logRecord("error", "stderr", `${what}: ${tracebackOf(error) ?? messageOf(error)}`));
  }

  /** Nobody waits for it any more: the server that held it is gone. */
  abandon(): void {
    this.cancel("shutdown", null);
    if (this.ended) return;
    this.ended = true;
    this.#events.ended(this);
  }

  #saveSession(): void {
    if (this.body.session_id === null) return;
    const { json } = leave(this.session);
    if (json === this.sessionBefore) return;
    if (isLonger(json, this.#limits.session_bytes)) {
      throw new RunAgentError("OUTPUT_TOO_LARGE", `a session's state of more than ${this.#limits.session_bytes} bytes`);
    }
    this.outbox.send("state", json);
  }

  #end(kind: "result" | "error" | "interrupt", body: string): void {
    this.#events.ending(this);
    this.outbox.send(kind, body);
    this.ended = true;
    this.outbox.release();
    this.#events.ended(this);
  }
}

/** Counts bytes only where characters cannot decide. */
function isLonger(json: string, limit: number): boolean {
  return json.length * 3 > limit && Buffer.byteLength(json) > limit;
}

function isRealFailure(thrown: unknown): boolean {
  return thrown !== null && !(thrown instanceof Interrupted);
}

function abortReason(cancelled: { readonly by: string; readonly reason: string | null }): DOMException {
  const name = cancelled.by === "deadline" ? "TimeoutError" : "AbortError";
  return new DOMException(cancelled.reason ?? `the run was stopped by ${cancelled.by}`, name);
}
