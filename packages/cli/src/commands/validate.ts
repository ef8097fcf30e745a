/** `runagent validate`: every problem of the config at once; imports nothing of the agent. */
import { basename, dirname, relative, resolve } from "node:path";
import type { ConfigProblem } from "@runagent/protocol/config";
import type { CommandCall, CommandSpec } from "../command.ts";
import { problemsText } from "../config-problems.ts";
import { EXIT } from "../exit-codes.ts";

export const validate: CommandSpec = {
  name: "validate",
  summary: "say everything that is wrong with a config",
  arguments: [{ syntax: "[path]", about: "the agent's folder or its config; left out: this folder" }],
  examples: [
    { line: "runagent validate", about: "exit 0: nothing is wrong; 3: something is" },
    { line: "runagent validate ./my-agent --json", about: "every problem with its file, line and column" },
  ],
  async run(call) {
    const { settings, output } = call;
    const { CONFIG_FILES, readFolder } = await import("@runagent/server/config-file");
    const path = resolve(settings.workingFolder, call.arguments[0] ?? ".");
    const root = CONFIG_FILES.some((name) => name === basename(path)) ? dirname(path) : path;
    const reading = await readFolder({ root, env: settings.shell, envFile: null, entry: null });
    const problems = reading.kind === "nothing" ? [...reading.problems, absent(reading.detail)] : reading.problems;
    if (output.json) output.document({ problems });
    else {
      print(call, root, problems);
      for (const note of [...reading.notes, ...reading.details]) output.note(`note: ${note}`);
    }
    return problems.some(({ severity }) => severity === "error") ? EXIT.invalid : EXIT.ok;
  },
};

function print({ settings, output }: CommandCall, root: string, problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) output.line(problemsText(problems, root, settings.workingFolder));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const where = relative(settings.workingFolder, root) || ".";
  output.note(
    problems.length === 0
      ? `${where}: nothing is wrong.`
      : `${counted(errors, "error")}, ${counted(warnings, "warning")}`,
  );
}

const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const absent = (detail: string): ConfigProblem => ({
  file: "runagent.config.json",
  line: 1,
  column: 1,
  pointer: "",
  found: "no agent",
  expected: "a config that names an entrypoint",
  suggestion: detail,
  severity: "error",
});
