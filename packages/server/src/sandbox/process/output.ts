/**
 * What a process writes to its own stdout and stderr, beside the channel: lines as log records (W3), bounded, and the last
 * of it for the message of a load that failed.
 */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { LogRecord } from "@runagent/protocol";

const CUT = " … (cut)";

export interface OutputOptions {
  readonly onLog: (record: LogRecord) => void;
  readonly maxLine: number;
  readonly maxTail: number;
}

export class Output {
  readonly #options: OutputOptions;
  #tail = "";

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  get tail(): string {
    return this.#tail.trimEnd();
  }

  read(from: Readable, stream: "stdout" | "stderr"): void {
    const lines = new Lines(this.#options.maxLine, (line) => this.#line(line, stream));
    from.on("data", (bytes: Buffer) => lines.push(bytes));
    from.on("error", () => from.destroy()); // the pipe broke with its process: `close` follows
    from.once("close", () => lines.end());
  }

  #line(message: string, stream: "stdout" | "stderr"): void {
    this.#tail = `${this.#tail}${message}\n`.slice(-this.#options.maxTail);
    this.#options.onLog({
      at: new Date().toISOString(),
      level: stream === "stderr" ? "warning" : "info",
      stream,
      message,
    });
  }
}

class Lines {
  readonly #decoder = new StringDecoder("utf8");
  readonly #max: number;
  readonly #line: (line: string) => void;
  #rest = "";
  #cutting = false;

  constructor(max: number, line: (line: string) => void) {
    this.#max = max;
    this.#line = line;
  }

  push(bytes: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#whole(line);
    if (this.#rest.length > this.#max) {
      this.#whole(this.#rest);
      this.#rest = "";
      this.#cutting = true;
    }
  }

  end(): void {
    const last = this.#rest + this.#decoder.end();
    if (last !== "") this.#whole(last);
    this.#rest = "";
  }

  /** The rest of a line that was cut is dropped with its end. */
  #whole(line: string): void {
    if (this.#cutting) this.#cutting = false;
    else this.#line(line.length > this.#max ? line.slice(0, this.#max) + CUT : line.replace(/\r$/, ""));
  }
}
