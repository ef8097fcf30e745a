/** Where a command's words go: results on stdout, everything about them on stderr, progress only on a terminal. */
import type { Writable } from "node:stream";
import { styleText } from "node:util";

export interface OutputStreams {
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
}

export type Style = Parameters<typeof styleText>[0];

export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  readonly streams: OutputStreams;

  constructor(streams: OutputStreams, options: OutputOptions) {
    this.streams = streams;
    this.json = options.json;
    this.quiet = options.quiet;
    this.verbose = options.verbose;
    this.color = options.color;
  }

  /** A line of the result. */
  line(text: string): void {
    this.streams.stdout.write(`${text}\n`);
  }

  /** A part of the result, as it is. */
  part(text: string): void {
    this.streams.stdout.write(text);
  }

  /** One JSON document on its own line. */
  document(value: unknown): void {
    this.line(JSON.stringify(value));
  }

  /** Something to know that is not the result. */
  note(text: string): void {
    if (!this.quiet) this.streams.stderr.write(`${text}\n`);
  }

  error(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  /** Only where a person watches. */
  progress(text: string): void {
    if (this.streams.stderr.isTTY === true && !this.json) this.note(this.onError("dim", text));
  }

  onResult(style: Style, text: string): string {
    return this.#paint(this.streams.stdout.isTTY, style, text);
  }

  onError(style: Style, text: string): string {
    return this.#paint(this.streams.stderr.isTTY, style, text);
  }

  #paint(tty: boolean | undefined, style: Style, text: string): string {
    return this.color && tty === true ? styleText(style, text, { validateStream: false }) : text;
  }
}
