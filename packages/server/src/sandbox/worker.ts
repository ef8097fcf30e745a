/**
 * One worker: a process, the link to it, and its calls. Whatever way it goes, each of its runs is told exactly once (R1,
 * R3): when the link is gone for good or the process has ended, after a short wait for the other of the two.
 */
import type { Frame, HeldCall, LimitValues, LogRecord, ServerHello } from "@runagent/protocol";
import { readError, readHost, readLog } from "./channel/bodies.ts";
import { Calls } from "./channel/calls.ts";
import type { Beating, Heartbeat } from "./channel/heartbeat.ts";
import type { Link, Receiver } from "./channel/link.ts";
import type { Driver, Process, ProcessExit } from "./driver.ts";
import type { KeptProcess } from "./ledger.ts";
import type { Execution, Invocation, Resume, RunSink, Worker, WorkerExit } from "./ports.ts";
import { within } from "./within.ts";

/** What all workers of a sandbox share. */
export interface Surroundings {
  readonly driver: Driver;
  readonly heartbeat: Heartbeat;
  readonly limits: LimitValues;
  /** How long durable runs wait for a process whose connection was cut; 0: not at all. */
  readonly orphanMs: number;
  readonly onLog: (record: LogRecord) => void;
  readonly onHost: (host: string, port: number) => void;
  /** A call is coming: what stands still goes on. */
  readonly stir: () => void;
  /** The link will not be used again. */
  readonly forget: (link: Link) => void;
}

const UNKNOWN: ProcessExit = { code: null, signal: null, error: null };
/** The connection was cut, the process may live: that is no fault of the agent. */
const CUT: WorkerExit = { code: null, signal: null, killedByUs: true, outOfMemory: null };

export class ChannelWorker implements Worker, Receiver, Beating {
  readonly id: string;
  readonly pid: number;
  readonly exited: Promise<WorkerExit>;
  readonly #link: Link;
  readonly #process: Process;
  readonly #around: Surroundings;
  readonly #calls: Calls;
  readonly #exit = Promise.withResolvers<WorkerExit>();
  #linkGone = Promise.withResolvers<void>();
  readonly #listeners = new Set<(responsive: boolean) => void>();
  #responsive = true;
  /** All that it ever said was read. */
  #complete = false;
  /** When it last said anything. */
  #heardAt = performance.now();
  /** Somebody wanted to know whether it answers, and waits to hear. */
  #doubted = false;
  #killedByUs = false;
  #ended: WorkerExit | null = null;
  #ending = false;
  #once = false;
  #killing: Promise<void> | null = null;
  #orphaned: NodeJS.Timeout | null = null;
  #resume: Resume | null = null;

  constructor(link: Link, process: Process, around: Surroundings) {
    this.id = link.name;
    this.pid = process.pid;
    this.exited = this.#exit.promise;
    this.#link = link;
    this.#process = process;
    this.#around = around;
    this.#calls = new Calls(link.send, around.driver);
    link.listen(this);
    around.heartbeat.add(this);
    void process.exited.then(() => this.#end());
    if (!link.up && !link.expected) this.down(false); // it went before we looked
  }

  /**
   * Lets go of it without ending it. From here on nothing is told to anybody; the process looks for the next server as long
   * as it was told when it was started.
   */
  leave(): void {
    this.#ending = true;
    if (this.#orphaned !== null) clearTimeout(this.#orphaned);
    this.#around.heartbeat.remove(this);
    this.#around.forget(this.#link);
  }

  /** It worked for an earlier server: when it is back, `resume` is asked for the runs that it holds. */
  heir(resume: Resume): void {
    this.#resume = resume;
  }

  /** It has come, for the first time or again. */
  get greeted(): Promise<unknown> {
    return this.#link.greeted;
  }

  /**
   * A loop that blocks says so to nobody: a busy worker that was not heard for a moment is asked first, and gets no run
   * until it answers. Without that, a run would wait there for the whole `loop_silence` and longer.
   */
  get responsive(): boolean {
    if (!this.#responsive || this.#doubted) return false;
    if (!this.busy || performance.now() - this.#heardAt <= this.#around.limits.loop_doubt) return true;
    this.#doubted = true;
    this.ping();
    return false;
  }

  /** More than a doubt. */
  get hangs(): boolean {
    return !this.#responsive;
  }

  get row(): KeptProcess {
    return { name: this.id, role: "worker", token: this.#link.token, pid: this.pid, once: this.#once };
  }

  get busy(): boolean {
    return this.#calls.size > 0;
  }

  /** Can take runs. */
  get alive(): boolean {
    return !this.#ending && this.#link.up;
  }

  /** A fresh process for one run: nothing of it is left for the next. */
  endAfterOneRun(): void {
    this.#once = true;
  }

  readonly onResponsive = (listener: (responsive: boolean) => void): void => {
    this.#listeners.add(listener);
  };

  invoke(invocation: Invocation, sink: RunSink): Execution {
    this.#around.stir();
    if (this.#link.up && this.#ended === null) return this.#calls.start(invocation, sink);
    const exit = this.#ended ?? CUT;
    queueMicrotask(() => sink.end({ kind: "lost", exit })); // not before the caller has its execution
    return { cancel: () => undefined, ack: () => undefined };
  }

  drain(): void {
    this.#around.stir();
    this.#link.send("drain", 0, "");
  }

  async kill(): Promise<WorkerExit> {
    this.condemn();
    if (this.#ended === null) await this.#killed();
    void this.#end();
    return this.exited;
  }

  /** What happens to it from now on is our doing. */
  condemn(): void {
    if (!this.#ending) this.#killedByUs = true;
  }

  ping(): void {
    this.#link.send("ping", 0, "");
  }

  silent(silent: boolean): void {
    if (this.#responsive === !silent) return;
    this.#responsive = !silent;
    for (const listener of this.#listeners) listener(!silent);
  }

  frame(frame: Frame): void {
    this.#heardAt = performance.now();
    this.#dispatch(frame);
    if (this.#doubted) this.#believed();
  }

  #believed(): void {
    this.#doubted = false;
    if (this.#responsive) for (const listener of this.#listeners) listener(true);
  }

  #dispatch(frame: Frame): void {
    if (frame.call !== 0) this.#called(frame);
    else if (frame.kind === "ping") this.#around.heartbeat.answered(this);
    else if (frame.kind === "log") this.#around.onLog(readLog(frame.body));
    else if (frame.kind === "error") this.#failed(frame);
    else if (frame.kind === "host") {
      const { host, port } = readHost(frame.body);
      this.#around.onHost(host, port);
    }
  }

  down(complete: boolean): void {
    this.#complete = complete;
    this.#linkGone.resolve();
    const { orphanMs } = this.#around;
    if (this.#ending || orphanMs === 0 || this.#killedByUs) {
      void this.#end();
      return;
    }
    void this.#cut();
    this.#orphaned ??= setTimeout(() => void this.#end(), orphanMs);
  }

  /** Its end says more than the channel's: a moment is left to hear of it. */
  async #cut(): Promise<void> {
    const ended = await within(this.#process.exited, this.#around.limits.exit_news);
    if (ended === null && !this.#link.up) this.#calls.endDirect({ kind: "lost", exit: CUT });
  }

  resume(held: readonly HeldCall[]): ServerHello["resume"] {
    if (this.#orphaned !== null) clearTimeout(this.#orphaned);
    this.#orphaned = null;
    this.#linkGone = Promise.withResolvers<void>();
    this.#inherit(held);
    return this.#calls.resume(held, CUT);
  }

  #inherit(held: readonly HeldCall[]): void {
    const resume = this.#resume;
    this.#resume = null;
    if (resume === null) return;
    for (const { call, run_id: runId, attempt } of held) {
      const to = resume({ runId, attempt }, this);
      if (to !== null) to.began(this.#calls.adopt({ call, runId, attempt, seen: to.seen }, to.sink));
    }
  }

  #called(frame: Frame): void {
    this.#calls.frame(frame);
    if (this.#once && !this.busy) this.drain();
  }

  /** It cannot serve (its lifespan failed): its runs get that answer, then it goes. */
  #failed(frame: Frame): void {
    const error = readError(frame.body);
    this.#calls.endAll({ kind: "error", error });
    const message = error.traceback ?? error.detail;
    this.#around.onLog({ at: new Date().toISOString(), level: "error", stream: "logging", message });
    void this.kill();
  }

  async #end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#orphaned !== null) clearTimeout(this.#orphaned);
    this.#around.heartbeat.remove(this);
    const { exit_news } = this.#around.limits;
    const known = await this.#news();
    // What it wrote last is still read: a result and `os._exit` are a result.
    if (this.#link.up) await within(this.#linkGone.promise, exit_news);
    this.#ended = this.#exitOf(known ?? UNKNOWN);
    const begun = known?.begun ?? Number.POSITIVE_INFINITY;
    this.#calls.loseAll(this.#ended, { begun, complete: this.#complete });
    this.#around.forget(this.#link);
    if (known?.code === 0) this.#around.driver.clear(this.pid);
    else await this.#killed();
    const last = known ?? (await this.#news());
    this.#exit.resolve(last === null || known !== null ? this.#ended : this.#exitOf(last));
  }

  /** Once: by whoever comes first. */
  #killed(): Promise<void> {
    this.#killing ??= this.#around.driver.kill(this.pid, this.id);
    return this.#killing;
  }

  /** How the process ended; null when nobody tells in time. */
  #news(): Promise<ProcessExit | null> {
    const { exited, untold } = this.#process;
    return within(Promise.race([exited, untold]), this.#around.limits.exit_news);
  }

  #exitOf({ code, signal }: ProcessExit): WorkerExit {
    const notOurs = signal === "SIGKILL" && !this.#killedByUs;
    const outOfMemory = notOurs ? this.#around.driver.outOfMemory() : null;
    return { code, signal, killedByUs: this.#killedByUs, outOfMemory };
  }
}
