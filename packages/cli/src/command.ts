/**
 * What a command is: one entry of the command table (`commands/index.ts`). The parser, the help, the completions and
 * `docs/reference/cli.md` are made from the table.
 */
import type { Readable } from "node:stream";
import type { Output } from "./output.ts";
import type { Settings } from "./settings.ts";

export interface CommandSpec {
  /** The words after `runagent`: `run`, `runs show`. */
  readonly name: string;
  readonly summary: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** Resolves with the exit code. */
  run(call: CommandCall): Promise<number>;
}

export interface ArgumentSpec {
  /** `<id>`, `[path]`, `[words...]`. */
  readonly syntax: string;
  readonly about: string;
  readonly choices?: readonly string[];
}

export interface OptionSpec {
  /** `--port <port>`, `--stream`, `--no-reload`. */
  readonly flags: string;
  readonly about: string;
  readonly choices?: readonly string[];
  /** Throws InvalidArgumentError of commander: exit 2. */
  readonly parse?: (text: string) => unknown;
  readonly fallback?: string | number;
  /** It may stand more than once: asked for as a list. */
  readonly repeats?: true;
}

interface Example {
  readonly line: string;
  readonly about: string;
}

/** One call of a command, its words already sorted out. */
export interface CommandCall {
  readonly arguments: readonly string[];
  readonly options: OptionValues;
  readonly settings: Settings;
  readonly output: Output;
  /** Aborts, with an `Interrupted`, at Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly stdin: Readable;
}

/** Options by their long name in camelCase, each asked for as what its parser makes of it. */
export class OptionValues {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #given: ReadonlySet<string>;

  constructor(values: Readonly<Record<string, unknown>>, given: ReadonlySet<string>) {
    this.#values = values;
    this.#given = given;
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.#values[name];
    return typeof value === "number" ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values[name] === true;
  }

  list(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value : [];
  }

  /** Written on the command line, not a default. */
  given(name: string): boolean {
    return this.#given.has(name);
  }
}
