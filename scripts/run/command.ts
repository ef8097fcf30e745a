/** Runs one command to its end and says how it went. Output is shown as it comes, or kept to be shown on failure. */
import { spawn } from "node:child_process";
import { delimiter, resolve } from "node:path";

/** The project's own tools come first, whether npm started us or not. */
const BIN = resolve(import.meta.dirname, "../../node_modules/.bin");

export interface CommandResult {
  readonly ok: boolean;
  /** What it printed, both streams in order; empty when it was shown live. */
  readonly output: string;
  readonly seconds: number;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly show?: boolean;
}

export async function command(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [file, ...args] = argv;
  if (file === undefined) throw new TypeError("an empty command");
  const began = performance.now();
  const child = spawn(file, args, {
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}`, ...options.env },
    stdio: ["ignore", options.show ? "inherit" : "pipe", options.show ? "inherit" : "pipe"],
  });
  let output = "";
  const keep = (data: Buffer): void => {
    output += data.toString("utf8");
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const ok = await new Promise<boolean>((resolve) => {
    child.on("error", (error) => {
      output += `${error.message}\n`;
      resolve(false);
    });
    child.on("close", (code) => resolve(code === 0));
  });
  return { ok, output, seconds: (performance.now() - began) / 1000 };
}
