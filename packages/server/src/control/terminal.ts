/**
 * What `serve` writes for its user: one line a request, the agent's prints under their run id, loads and failures.
 * Lines wait in memory for a slow terminal up to a bound; beyond it they are dropped and counted. Nothing waits for it.
 */
import type { Writable } from "node:stream";
import { styleText } from "node:util";
import type { LogRecord, Problem } from "@runagent/protocol";

export interface TerminalOptions {
  readonly out: Writable;
  readonly format: "text" | "json";
  readonly color: boolean;
  readonly quiet: boolean;
  /** Bytes that may wait. */
  readonly queue: number;
}

/** Nobody reads faster; under load one write then takes many lines. */
const FLUSH_MS = 16;

/** Control characters, colours and tabs aside: an agent that prints bytes must not move the cursor or rename the window. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNSEEN = /(?!\x1b\[[\d;]*m)[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

type Style = Parameters<typeof styleText>[0];

export class Terminal {
  readonly #options: TerminalOptions;
  #lines: string[] = [];
  #bytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #blocked = false;
  #held: boolean;
  #second = 0;
  #clock = "";
  #millisecond = 0;
  #moment = "";

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#held = options.format === "json";
    options.out.on("drain", () => {
      this.#blocked = false;
      this.#schedule();
    });
  }

  get json(): boolean {
    return this.#options.format === "json";
  }

  /** Something the user should know, in either form. */
  note(message: string): void {
    this.say(message, "yellow");
    this.event({ event: "note", message });
  }

  /** A sentence for people; nothing in JSON. */
  say(text: string, style?: Style): void {
    if (this.json || this.#options.quiet) return;
    this.#add(style === undefined ? text : this.#paint(style, text));
  }

  /** An event for programs; nothing in text. */
  event(event: Readonly<Record<string, unknown>>): void {
    if (this.json) this.#add(JSON.stringify(event));
  }

  /** The first event: whoever reads JSON finds it in the first line, whatever was logged before. */
  open(event: Readonly<Record<string, unknown>>): void {
    if (this.#held) {
      this.#held = false;
      this.#lines.unshift(JSON.stringify(event));
      this.#schedule();
    } else this.event(event);
  }

  request(entry: {
    method: string;
    path: string;
    status: number;
    ms: number;
    runId: string | null;
    code: string | null;
  }): void {
    if (this.#options.quiet) return;
    const { method, path, status, ms, runId, code } = entry;
    if (this.json) {
      // By hand: it comes with every call. Methods and ids hold nothing that JSON escapes.
      this.#add(
        `{"event":"request","at":"${this.#now()}","method":"${method}","path":${JSON.stringify(path)},` +
          `"status":${status},"ms":${round(ms)},"run_id":${orNull(runId)},"code":${orNull(code)}}`,
      );
      return;
    }
    const state = this.#paint(status < 400 ? "green" : status < 500 ? "yellow" : "red", String(status));
    this.#add(
      `${this.#time()} ${method} ${path} ${state} ${round(ms)}ms${runId === null ? "" : ` ${runId}`}${code === null ? "" : ` ${code}`}`,
    );
  }

  log(runId: string | null, record: LogRecord): void {
    if (this.json) {
      this.#add(JSON.stringify({ event: "log", run_id: runId, ...record }));
      return;
    }
    const name = this.#paint("dim", `${runId ?? "agent"} │`);
    const shown = record.message.replace(UNSEEN, "\ufffd");
    const message = record.level === "error" ? this.#paint("red", shown) : shown;
    this.#add(`${this.#time()} ${name} ${message}`);
  }

  problem(problem: Problem): void {
    if (this.json || this.#options.quiet) return;
    this.#add(`${this.#paint("red", `${problem.code}: ${problem.title}`)}\n${indent(problem.detail)}`);
    if (problem.traceback !== undefined) this.#add(indent(problem.traceback.trimEnd()));
    if (problem.hint !== "") this.#add(indent(this.#paint("cyan", problem.hint)));
  }

  /** Hands over what is left. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#held || this.#blocked || this.#lines.length === 0) return;
    if (this.#dropped > 0) this.#lines.push(this.#lost(this.#dropped));
    const text = `${this.#lines.join("\n")}\n`;
    this.#lines = [];
    this.#bytes = 0;
    this.#dropped = 0;
    this.#blocked = !this.#options.out.write(text);
  }

  #lost(lines: number): string {
    const message = `${lines} lines were dropped: nobody read them fast enough`;
    return this.json ? JSON.stringify({ event: "note", message }) : `… ${message}`;
  }

  #add(line: string): void {
    if (this.#bytes + line.length > this.#options.queue) {
      this.#dropped += 1;
      return;
    }
    this.#lines.push(line);
    this.#bytes += line.length;
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  #time(): string {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#clock = this.#paint("dim", new Date().toTimeString().slice(0, 8));
    }
    return this.#clock;
  }

  /** Written as a date once a millisecond. */
  #now(): string {
    const now = Date.now();
    if (now !== this.#millisecond) {
      this.#millisecond = now;
      this.#moment = new Date(now).toISOString();
    }
    return this.#moment;
  }

  #paint(style: Style, text: string): string {
    return this.#options.color ? styleText(style, text, { validateStream: false }) : text;
  }
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
/** Of ids and codes: ours, they hold nothing that JSON escapes. */
const orNull = (word: string | null): string => (word === null ? "null" : `"${word}"`);
const indent = (text: string): string => text.replace(/^/gm, "  ");
