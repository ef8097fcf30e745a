/** `runagent completion`: a script for the shell, made from the command table. */
import type { CommandSpec } from "../command.ts";
import { completionScript, SHELLS } from "../completion-script.ts";
import { EXIT } from "../exit-codes.ts";

/** Needs the table that it stands in, so it is made from it. */
export const completion = (commands: () => readonly CommandSpec[]): CommandSpec => ({
  name: "completion",
  summary: "print a completion script for your shell",
  arguments: [{ syntax: "<shell>", about: "which one", choices: SHELLS }],
  examples: [
    { line: "source <(runagent completion bash)", about: "in ~/.bashrc" },
    { line: "runagent completion fish > ~/.config/fish/completions/runagent.fish", about: "once" },
  ],
  async run(call) {
    call.output.part(completionScript(call.arguments[0] ?? "", commands()));
    return EXIT.ok;
  },
});
