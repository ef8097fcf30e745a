/** Says why a command failed, to a person on stderr or as JSON on stdout, and with which code it exits. */
import { type Problem, problem } from "@runagent/protocol/errors";
import { ConnectionError, isRunAgentError } from "@runagent/sdk";
import { EXIT, exitOf } from "./exit-codes.ts";
import { CommandFailure, Interrupted } from "./failure.ts";
import type { Output } from "./output.ts";

/** `first`: what stands first in the JSON, of a command that says what it does as events. */
export function report(error: unknown, output: Output, first: First = {}): number {
  if (error instanceof Interrupted) return error.exitCode;
  if (isRunAgentError(error)) return reportProblem(error.problem, output, first);
  if (isRefusal(error)) {
    reportProblem(error.problem, output, first);
    return error.exitCode;
  }
  if (error instanceof CommandFailure) return reportFailure(error, output, first);
  if (error instanceof ConnectionError) {
    const failure = new CommandFailure(EXIT.unreachable, error.message, "Is the server running there?");
    return reportFailure(failure, output, first);
  }
  return reportFault(error, output, first);
}

type First = Readonly<Record<string, string>>;

/** `serve` could not begin. Its class is the server's, which is loaded only where it is needed. */
function isRefusal(error: unknown): error is Error & { readonly exitCode: number; readonly problem: Problem } {
  return error instanceof Error && error.name === "ServeRefused";
}

function reportProblem(found: Problem, output: Output, first: First): number {
  if (output.json) output.document({ ...first, ...found });
  else output.error(problemText(found, output));
  return exitOf(found);
}

/** Title, what happened, each place, the agent's own traceback, what to do, the run. */
export function problemText(found: Problem, output: Output): string {
  const lines = [`${output.onError("red", "error:")} ${found.title} (${found.code})`];
  const add = (text: string): void => {
    lines.push(text.replace(/^/gm, "  "));
  };
  add(found.traceback?.trimEnd() ?? found.detail);
  if (found.traceback !== undefined && !found.traceback.includes(found.detail)) add(found.detail);
  const places = found.errors?.filter((one) => found.traceback === undefined || one.detail !== found.detail);
  for (const { pointer, detail } of places ?? []) add(`${pointer === "" ? "(the whole)" : pointer}: ${detail}`);
  if (found.hint) add(output.onError("cyan", `hint: ${found.hint}`));
  if (found.run_id !== undefined) add(`run: ${found.run_id}`);
  return lines.join("\n");
}

function reportFailure(failure: CommandFailure, output: Output, first: First): number {
  const { exitCode, message, hint } = failure;
  if (output.json) output.document({ ...first, ...failureDocument(failure) });
  else {
    output.error(`${output.onError("red", "error:")} ${message}`);
    if (hint !== null) output.error(`  ${output.onError("cyan", `hint: ${hint}`)}`);
  }
  return exitCode;
}

/** What the caller can mend is a problem of the catalogue; of a server that was not reached there is none. */
function failureDocument({ exitCode, message, hint }: CommandFailure): object {
  if (exitCode !== EXIT.invalid && exitCode !== EXIT.usage) {
    return { title: message, detail: message, hint, exit: exitCode };
  }
  return { ...problem("INVALID_REQUEST", message, hint === null ? {} : { hint }), exit: exitCode };
}

function reportFault(error: unknown, output: Output, first: First): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const title = "A fault of RunAgent. Please report it with the lines below.";
  if (output.json) output.document({ ...first, title, detail: stack, code: "INTERNAL", exit: EXIT.fault });
  else output.error(`${output.onError("red", "error:")} ${title}\n${stack}`);
  return EXIT.fault;
}
