/** A run that a test drives by hand: what the gateway sees through `RunHandle`. */
import type { EventType, LogRecord, Problem, RunAnswer, RunEvent, RunRecord, RunRequest } from "@runagent/protocol";
import { newId, RunAgentError } from "@runagent/protocol";
import type { EventReader, RunHandle } from "../../src/gateway/ports.ts";

export class FakeRun implements RunHandle, EventReader {
  readonly id = newId("run");
  readonly version = "v1";
  readonly replayed: boolean = false;
  readonly joined: boolean = false;
  readonly inBackground: boolean = false;
  readonly request: RunRequest;
  readonly answer: Promise<RunAnswer>;
  readonly attached: ("json" | "stream")[] = [];
  left = 0;
  /** Events before this one are no longer kept. */
  keptFrom = 1;
  ended = false;
  status: RunRecord["status"] = "running";
  output: string | null = null;
  readonly #events: RunEvent[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #logListeners = new Set<(record: LogRecord) => void>();
  #answerWith: (answer: RunAnswer) => void = () => {};
  #onLeft: (() => void)[] = [];

  constructor(request: RunRequest) {
    this.request = request;
    this.answer = new Promise((resolve) => {
      this.#answerWith = resolve;
    });
    this.emit("started", '{"attempt":1,"version":"v1"}');
  }

  get events(): EventReader {
    return this;
  }

  get last(): number {
    return this.#events.length;
  }

  get waitingReaders(): number {
    return this.#waiting.size;
  }

  slice(after: number, max: number): readonly RunEvent[] {
    if (after + 1 < this.keptFrom) throw new RunAgentError("EVENTS_GONE", "gone", { first: this.keptFrom });
    return this.#events.slice(after, after + max);
  }

  changed(after: number, signal: AbortSignal): Promise<void> {
    if (this.last > after || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }

  onLog(listener: (record: LogRecord) => void): () => void {
    this.#logListeners.add(listener);
    return () => this.#logListeners.delete(listener);
  }

  attach(kind: "json" | "stream"): () => void {
    this.attached.push(kind);
    return () => {
      this.left += 1;
      for (const tell of this.#onLeft.splice(0)) tell();
    };
  }

  /** Resolves when somebody who was attached has left. */
  someoneLeft(): Promise<void> {
    return this.left > 0 ? Promise.resolve() : new Promise((resolve) => this.#onLeft.push(resolve));
  }

  emit(type: EventType, data: string): void {
    this.#events.push({ n: this.last + 1, type, data });
    for (const wake of [...this.#waiting]) wake();
  }

  log(message: string): void {
    const record: LogRecord = { at: "2026-11-22T10:00:00.000Z", level: "info", stream: "stdout", message };
    for (const listener of this.#logListeners) listener(record);
  }

  succeed(output: string): void {
    this.#end("succeeded", "result", `{"output":${output}}`);
    this.output = output;
    this.#answerWith({ kind: "value", output });
  }

  succeedStreaming(chunks: readonly string[], output: string): void {
    for (const chunk of chunks) this.emit("chunk", chunk);
    this.#end("succeeded", "result", `{"output":${output}}`);
    this.#answerWith({ kind: "streamed", chunks, output });
  }

  fail(problem: Problem): void {
    this.#end("failed", "error", JSON.stringify(problem));
    this.#answerWith({ kind: "problem", problem });
  }

  wait(): void {
    this.status = "waiting";
    this.#answerWith({ kind: "waiting" });
  }

  record(): RunRecord {
    const { agent, version, tag, input, session, user, metadata, durable } = this.request;
    return {
      id: this.id,
      agent,
      version,
      tag,
      status: this.status,
      input,
      output: this.output,
      error: null,
      session,
      user,
      attempt: 1,
      metadata,
      durable,
      created_at: "2026-11-22T10:00:00.000Z",
      started_at: "2026-11-22T10:00:00.000Z",
      ended_at: null,
      usage: { duration_ms: 0, input_tokens: null, output_tokens: null },
      last_event: this.last,
    };
  }

  #end(status: RunRecord["status"], type: EventType, data: string): void {
    this.status = status;
    this.ended = true;
    this.emit(type, data);
  }
}
