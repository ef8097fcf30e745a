/** `runagent server doctor`: what of a sandbox this machine can enforce, and the command that mends what it cannot. */
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";

export const serverDoctor: CommandSpec = {
  name: "server doctor",
  summary: "say what of a sandbox this machine can enforce, and how to mend the rest",
  examples: [
    { line: "runagent server doctor", about: "exit 0: sandboxes work here; 3: something refuses them" },
    { line: "runagent server doctor --json", about: "a row for each need" },
  ],
  async run({ settings, output }) {
    const { examine } = await import("@runagent/server/doctor");
    const items = await examine(settings.shell.PATH ?? "");
    const rows = items.map(({ need, verdict, found, mend }) => [need, verdict, found, mend ?? ""]);
    if (output.json) output.document({ items });
    else output.line(table(["NEED", "VERDICT", "FOUND", "MEND"], rows));
    return items.some(({ verdict }) => verdict === "refused") ? EXIT.invalid : EXIT.ok;
  },
};
