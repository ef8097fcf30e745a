/** One call of the command line, from words to exit code. Everything that a command starts has ended when it resolves. */
import type { Readable } from "node:stream";
import { COMMANDS } from "./commands/index.ts";
import { Interrupted } from "./failure.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { Output, type OutputStreams } from "./output.ts";
import { parseCommandLine } from "./program.ts";
import { report } from "./report.ts";
import type { Settings } from "./settings.ts";
import { VERSION } from "./version.ts";

export interface Terminal extends OutputStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
}

/** Never rejects. */
export async function runCli(words: readonly string[], settings: Settings, terminal: Terminal): Promise<number> {
  const parsed = parseCommandLine(words, COMMANDS, {
    version: VERSION,
    globals: GLOBAL_OPTIONS,
    write: (text) => terminal.stdout.write(text),
    writeError: (text) => terminal.stderr.write(text),
  });
  if ("exitCode" in parsed) return parsed.exitCode;
  const { spec, options } = parsed;
  const output = new Output(terminal, {
    json: options.flag("json"),
    quiet: options.flag("quiet"),
    verbose: options.flag("verbose"),
    color: options.flag("color") && settings.color,
  });
  const interrupt = watchSignals();
  const call = {
    arguments: parsed.arguments,
    options,
    settings,
    output,
    signal: interrupt.signal,
    stdin: terminal.stdin,
  };
  try {
    return await spec.run(call);
  } catch (error) {
    return report(interrupt.signal.aborted ? interrupt.signal.reason : error, output);
  } finally {
    interrupt.close();
  }
}

/** The first signal asks, the second one does not. */
function watchSignals(): { readonly signal: AbortSignal; close(): void } {
  const interrupted = new AbortController();
  const on = (name: "SIGINT" | "SIGTERM") => (): void => {
    const reason = new Interrupted(name);
    if (interrupted.signal.aborted) process.exit(reason.exitCode);
    interrupted.abort(reason);
  };
  const [onInt, onTerm] = [on("SIGINT"), on("SIGTERM")];
  process.on("SIGINT", onInt);
  process.on("SIGTERM", onTerm);
  return {
    signal: interrupted.signal,
    close: () => {
      process.off("SIGINT", onInt);
      process.off("SIGTERM", onTerm);
    },
  };
}
