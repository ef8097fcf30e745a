/** `runagent server restore`: a data directory from a backup. */
import { resolve } from "node:path";
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { DATA_OPTION, dataFolder } from "./data-option.ts";

export const serverRestore: CommandSpec = {
  name: "server restore",
  summary: "make a data directory from a backup; it must be empty and nobody's",
  arguments: [{ syntax: "<file>", about: "what `server backup` wrote" }],
  options: [DATA_OPTION],
  examples: [{ line: "runagent server restore monday.tar --data /srv/runagent", about: "then start the server there" }],
  async run(call) {
    const { output, settings } = call;
    const { restore } = await import("@runagent/server/backup");
    const data = dataFolder(call);
    const { withKey } = await restore({
      dataDir: data,
      file: resolve(settings.workingFolder, call.arguments[0] ?? ""),
    });
    if (output.json) output.document({ data, with_key: withKey });
    else {
      output.line(`Restored into ${data}.`);
      if (!withKey)
        output.note("The backup has no master key: put master.key back, or give it by RUNAGENT_MASTER_KEY.");
    }
    return EXIT.ok;
  },
};
