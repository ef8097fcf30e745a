/**
 * What the agent prints is a log, never protocol (W3): `console.*` and writes to stdout and stderr become records of the
 * run whose code wrote them. Lines are cut at the limit; what a run prints beyond its limit is dropped, so that a million
 * lines in one turn of the loop do not fill the memory.
 */
import type { LogRecord } from "@runagent/protocol";

export type LogSink = (record: LogRecord) => void;
/** Where a record of the code that runs now goes. */
export type CurrentSink = () => LogSink;

type Level = LogRecord["level"];

const CONSOLE_LEVELS = { debug: "debug", warn: "warning", error: "error", trace: "debug", assert: "error" } as const;

export interface Capture {
  /** Sends a last line that its owner did not end. */
  finish(owner: LogSink): void;
}

/** Replaces the two `write`s and marks what the console writes with its level. */
export function captureOutput(current: CurrentSink, lineLimit: number): Capture {
  let level: Level | null = null;
  const lines = { stdout: new Lines(lineLimit), stderr: new Lines(lineLimit) };
  for (const name of ["stdout", "stderr"] as const) {
    process[name].write = writer((text) => {
      const owner = current();
      lines[name].take(text, owner, (message) => owner(logRecord(level ?? "info", name, message)));
    });
  }
  for (const [method, its] of Object.entries(CONSOLE_LEVELS)) {
    wrapConsole(method, (run) => {
      level = its;
      try {
        return run();
      } finally {
        level = null;
      }
    });
  }
  return {
    finish: (owner) => {
      for (const name of ["stdout", "stderr"] as const) {
        const rest = lines[name].rest(owner);
        if (rest !== "") owner(logRecord("info", name, rest));
      }
    },
  };
}

export function logRecord(level: Level, stream: LogRecord["stream"], message: string): LogRecord {
  return { at: new Date().toISOString(), level, stream, message };
}

/** Lets records through until a run has printed more than its limit; the one that passes it is the last. */
export class LogAllowance {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  takes(record: LogRecord): boolean {
    if (this.#left < 0) return false;
    this.#left -= record.message.length;
    return true;
  }
}

/** Unsent bytes above which prints are dropped. */
const OVERFLOW_BYTES = 32 * 1024 * 1024;

/** Code that prints without a pause fills the channel faster than anybody reads: lines are dropped, and counted. */
export class LogOverflow {
  readonly #backlog: () => number;
  readonly #say: LogSink;
  #dropped = 0;

  constructor(backlog: () => number, say: LogSink) {
    this.#backlog = backlog;
    this.#say = say;
  }

  /** Whether the record that comes now is dropped. */
  drops(): boolean {
    if (this.#backlog() > OVERFLOW_BYTES) {
      this.#dropped += 1;
      return true;
    }
    if (this.#dropped === 0) return false;
    const message = `${this.#dropped} lines were dropped: they came faster than they could be sent`;
    this.#dropped = 0;
    this.#say(logRecord("warning", "logging", message));
    return false;
  }
}

/** Text in any cutting; gives whole lines. An unfinished line waits for its end, by the one who wrote it. */
class Lines {
  readonly #limit: number;
  readonly #rests = new WeakMap<LogSink, string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(text: string, owner: LogSink, emit: (line: string) => void): void {
    const lines = (this.rest(owner) + text).split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) emit(cut(line, this.#limit));
    if (rest.length > this.#limit) emit(cut(rest, this.#limit));
    else if (rest !== "") this.#rests.set(owner, rest);
  }

  /** Gives the unfinished line and forgets it. */
  rest(owner: LogSink): string {
    const rest = this.#rests.get(owner) ?? "";
    if (rest !== "") this.#rests.delete(owner);
    return rest;
  }
}

function cut(line: string, limit: number): string {
  const clean = (line.endsWith("\r") ? line.slice(0, -1) : line).toWellFormed();
  if (clean.length * 3 <= limit || Buffer.byteLength(clean) <= limit) return clean;
  const kept = Buffer.from(clean).subarray(0, limit).toString("utf8").replace(/�$/, "");
  return `${kept} … (the line was cut at ${limit} bytes)`;
}

/** Node's `write(chunk, encoding?, callback?)`. */
function writer(take: (text: string) => void): NodeJS.WriteStream["write"] {
  return (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const encoding = rest.find((one): one is BufferEncoding => typeof one === "string" && Buffer.isEncoding(one));
    if (typeof chunk !== "string") take(Buffer.from(chunk).toString("utf8"));
    else take(encoding === undefined || encoding === "utf8" ? chunk : Buffer.from(chunk, encoding).toString("utf8"));
    const done = rest.find((one) => typeof one === "function");
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
}

function wrapConsole(method: string, around: (run: () => unknown) => unknown): void {
  const original: unknown = Reflect.get(console, method);
  if (typeof original !== "function") return;
  Reflect.set(console, method, (...args: unknown[]) => around(() => Reflect.apply(original, console, args)));
}
