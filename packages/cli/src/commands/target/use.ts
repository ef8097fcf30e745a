/** `runagent target use`: which server is meant from now on when none is named. */
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { CommandFailure } from "../../failure.ts";
import { findTarget, readTargets, writeTargets } from "../../targets.ts";

export const targetUse: CommandSpec = {
  name: "target use",
  summary: "make a server the current target",
  arguments: [{ syntax: "<name>", about: "as `target list` shows it" }],
  examples: [{ line: "runagent target use production", about: "commands that name no server mean it" }],
  async run({ arguments: [name = ""], settings, output }) {
    const all = readTargets(settings.configFolder);
    const target = findTarget(all, name);
    if (target === undefined) {
      throw new CommandFailure(EXIT.invalid, `There is no target ${name}.`, "`runagent target list` shows them.");
    }
    writeTargets(settings.configFolder, { ...all, current: name });
    if (output.json) output.document({ target: name, url: target.url });
    else output.line(`${name} (${target.url}) is the current target.`);
    return EXIT.ok;
  },
};
