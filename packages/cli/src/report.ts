/** Says why a command failed, to a person on stderr or as JSON on stdout, and with which code it exits. */
import type { Problem } from "@runagent/protocol/errors";
import { ConnectionError, isRunAgentError } from "@runagent/sdk";
import { EXIT, exitOf } from "./exit-codes.ts";
import { CommandFailure, Interrupted } from "./failure.ts";
import type { Output } from "./output.ts";

export function report(error: unknown, output: Output): number {
  if (error instanceof Interrupted) return error.exitCode;
  if (isRunAgentError(error)) return reportProblem(error.problem, output);
  if (isRefusal(error)) {
    reportProblem(error.problem, output);
    return error.exitCode;
  }
  if (error instanceof CommandFailure) return reportFailure(error, output);
  if (error instanceof ConnectionError) {
    return reportFailure(new CommandFailure(EXIT.unreachable, error.message, "Is the server running there?"), output);
  }
  return reportFault(error, output);
}

/** `serve` could not begin. Its class is the server's, which is loaded only where it is needed. */
function isRefusal(error: unknown): error is Error & { readonly exitCode: number; readonly problem: Problem } {
  return error instanceof Error && error.name === "ServeRefused";
}

function reportProblem(problem: Problem, output: Output): number {
  if (output.json) output.document(problem);
  else output.error(problemText(problem, output));
  return exitOf(problem);
}

/** Title, what happened, each place, the agent's own traceback, what to do, the run. */
export function problemText(problem: Problem, output: Output): string {
  const lines = [`${output.onError("red", "error:")} ${problem.title} (${problem.code})`];
  const add = (text: string): void => {
    lines.push(text.replace(/^/gm, "  "));
  };
  add(problem.traceback?.trimEnd() ?? problem.detail);
  if (problem.traceback !== undefined && !problem.traceback.includes(problem.detail)) add(problem.detail);
  for (const { pointer, detail } of problem.errors ?? []) add(`${pointer === "" ? "(the whole)" : pointer}: ${detail}`);
  if (problem.hint) add(output.onError("cyan", `hint: ${problem.hint}`));
  if (problem.run_id !== undefined) add(`run: ${problem.run_id}`);
  return lines.join("\n");
}

function reportFailure(failure: CommandFailure, output: Output): number {
  const { exitCode, message, hint } = failure;
  if (output.json) output.document({ title: message, detail: message, hint, exit: exitCode });
  else {
    output.error(`${output.onError("red", "error:")} ${message}`);
    if (hint !== null) output.error(`  ${output.onError("cyan", `hint: ${hint}`)}`);
  }
  return exitCode;
}

function reportFault(error: unknown, output: Output): number {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const title = "A fault of RunAgent. Please report it with the lines below.";
  if (output.json) output.document({ title, detail: stack, code: "INTERNAL", exit: EXIT.fault });
  else output.error(`${output.onError("red", "error:")} ${title}\n${stack}`);
  return EXIT.fault;
}
