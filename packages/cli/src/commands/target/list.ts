/** `runagent target list`: the servers that were logged in to. */
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";
import { readTargets } from "../../targets.ts";

export const targetList: CommandSpec = {
  name: "target list",
  summary: "list the servers that you logged in to",
  examples: [{ line: "runagent target list", about: "a star marks the current one" }],
  async run({ settings, output }) {
    const { current, targets } = readTargets(settings.configFolder);
    const items = targets.map(({ name, url }) => ({ name, url, current: name === current }));
    if (output.json) output.document({ items });
    else
      output.line(
        table(
          ["", "TARGET", "URL"],
          items.map((one) => [one.current ? "*" : "", one.name, one.url]),
        ),
      );
    return EXIT.ok;
  },
};
