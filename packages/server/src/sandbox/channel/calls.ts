/**
 * The calls of one worker: their numbers, and the way of their frames to the sinks. A call ends once and nothing follows
 * it (R1); its frames are counted so that a channel can be picked up again without loss and without repetition.
 */
import {
  type CancelledBy,
  type Frame,
  FrameError,
  type FrameKind,
  type HeldCall,
  type ServerHello,
} from "@runagent/protocol";
import type { Execution, Invocation, RunSink, WorkerExit, WorkerOutcome } from "../ports.ts";
import { eventType, readError, readInterrupts, readLog } from "./bodies.ts";
import { invokeBody } from "./invoke-body.ts";

export type SendFrame = (kind: FrameKind, call: number, body: string) => void;

/** An unfinished durable call of the server before this one. */
export interface KeptCall {
  readonly call: number;
  readonly runId: string;
  readonly attempt: number;
  /** Frames that arrived and were handed on. */
  readonly seen: number;
}

/** Where processes are killed for memory: how often so far, as known lately, and what killed one since then. */
export interface MemoryKills {
  killsLately(): number;
  killedSince(kills: number): WorkerExit["outOfMemory"];
}

export class Calls {
  readonly #send: SendFrame;
  readonly #memory: MemoryKills;
  /** As many as a worker has slots. No Map: one that changes with every run keeps what was ever in it alive for long. */
  readonly #open: Call[] = [];
  #last = 0;

  constructor(send: SendFrame, memory: MemoryKills) {
    this.#send = send;
    this.#memory = memory;
  }

  get size(): number {
    return this.#open.length;
  }

  start(invocation: Invocation, sink: RunSink): Execution {
    this.#last = (this.#last + 1) >>> 0 || 1;
    const call = this.#opened(this.#last, invocation, sink);
    this.#send("invoke", call.id, invokeBody(invocation));
    return call;
  }

  /** Goes on with a call of an earlier server, once the worker is back and holds it. */
  adopt({ call: id, seen, ...of }: KeptCall, sink: RunSink): Execution {
    this.#last = Math.max(this.#last, id);
    const call = this.#opened(id, { ...of, durable: true }, sink);
    call.seen = seen;
    return call;
  }

  /** A frame of a call. One of a call that has ended is not looked at. */
  frame(frame: Frame): void {
    const call = this.#open.find((one) => one.id === frame.call);
    if (call === undefined) return;
    const outcome = call.frame(frame);
    if (outcome !== null) this.#end(call, outcome);
  }

  /** What a worker that came back goes on with. Calls that it does not hold are lost. */
  resume(held: readonly HeldCall[], exit: WorkerExit): ServerHello["resume"] {
    const there = new Map(held.map((one) => [one.call, one]));
    for (const call of [...this.#open]) {
      if (!call.isHeldAs(there.get(call.id))) this.#end(call, { kind: "lost", exit });
    }
    return this.#open.map(({ id, seen }) => ({ call: id, after: seen }));
  }

  endAll(outcome: WorkerOutcome): void {
    for (const call of [...this.#open]) this.#end(call, outcome);
  }

  /** The process is gone. `begun`: calls after this one had not begun; `complete`: all that it said was read. */
  loseAll(exit: WorkerExit, { begun, complete }: { readonly begun: number; readonly complete: boolean }): void {
    for (const call of [...this.#open]) this.#end(call, { kind: "lost", exit, complete: complete || call.id > begun });
  }

  /** The channel is cut: what the worker keeps no frames of cannot go on. */
  endDirect(outcome: WorkerOutcome): void {
    for (const call of [...this.#open]) if (!call.durable) this.#end(call, outcome);
  }

  #opened(id: number, of: CallOf, sink: RunSink): Call {
    const call = new Call(id, of, { sink, send: this.#send });
    call.killsBefore = this.#memory.killsLately();
    this.#open.push(call);
    return call;
  }

  #end(call: Call, outcome: WorkerOutcome): void {
    const at = this.#open.indexOf(call);
    if (at >= 0) this.#open.splice(at, 1);
    call.end(outcome.kind === "error" ? this.#withMemory(call, outcome) : outcome);
  }

  /** A child that was killed for memory leaves its parent alone: only the error that follows tells of it. */
  #withMemory(call: Call, outcome: WorkerOutcome): WorkerOutcome {
    const killed = outcome.kind === "error" ? this.#memory.killedSince(call.killsBefore) : null;
    return outcome.kind !== "error" || killed === null ? outcome : { ...outcome, outOfMemory: killed };
  }
}

type CallOf = Pick<Invocation, "runId" | "attempt" | "durable">;

class Call implements Execution {
  readonly id: number;
  readonly durable: boolean;
  readonly #runId: string;
  readonly #attempt: number;
  readonly #sink: RunSink;
  readonly #send: SendFrame;
  #ended = false;
  /** Frames that arrived. */
  seen = 0;
  /** How many processes beside it had been killed for memory when it began. */
  killsBefore = 0;

  constructor(id: number, of: CallOf, to: { readonly sink: RunSink; readonly send: SendFrame }) {
    this.id = id;
    this.durable = of.durable;
    this.#runId = of.runId;
    this.#attempt = of.attempt;
    this.#sink = to.sink;
    this.#send = to.send;
  }

  cancel(by: CancelledBy | "deadline" | "recall", reason: string | null): void {
    if (!this.#ended) this.#send("cancel", this.id, JSON.stringify({ by, reason }));
  }

  /** Also after the end: a worker keeps an ended durable call until its last frame is acknowledged. */
  ack(n: number): void {
    this.#send("ack", this.id, `{"n":${n}}`);
  }

  isHeldAs(held: HeldCall | undefined): boolean {
    if (held === undefined || held.run_id !== this.#runId || held.attempt !== this.#attempt) return false;
    return held.first <= this.seen + 1;
  }

  /** Hands a frame to the sink. The outcome, when it was the last. */
  frame(frame: Frame): WorkerOutcome | null {
    this.seen += 1;
    switch (frame.kind) {
      case "event": {
        const { word, json } = frame.split();
        this.#sink.event(eventType(word), json, this.seen);
        return null;
      }
      case "result":
        return readResult(frame);
      case "error":
        return { kind: "error", error: readError(frame.body) };
      case "interrupt":
        return { kind: "interrupt", interrupts: readInterrupts(frame.body) };
      case "log":
        this.#sink.log(readLog(frame.body));
        return null;
      case "state":
        this.#sink.state(frame.body.toString("utf8"));
        return null;
      case "step":
        this.#sink.step(frame.body.toString("utf8"));
        return null;
      default:
        throw new FrameError(`${frame.kind} is no frame of a call`);
    }
  }

  end(outcome: WorkerOutcome): void {
    this.#ended = true;
    this.#sink.end(outcome);
  }
}

function readResult(frame: Frame): WorkerOutcome {
  const { word, json } = frame.split();
  if (word === "value") return { kind: "value", output: json };
  if (word === "stream") return { kind: "stream", output: json === "" ? null : json };
  throw new FrameError(`result: unknown word ${word}`);
}
