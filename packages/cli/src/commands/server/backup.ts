/** `runagent server backup`: a data directory in one file, while its server runs. */
import { resolve } from "node:path";
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { DATA_OPTION, dataFolder } from "./data-option.ts";

export const serverBackup: CommandSpec = {
  name: "server backup",
  summary: "write a data directory into one file, also while its server runs",
  arguments: [{ syntax: "<file>", about: "the file to write" }],
  options: [
    DATA_OPTION,
    { flags: "--with-key", about: "with the master key: whoever has the file can read the secrets" },
  ],
  examples: [{ line: "runagent server backup monday.tar", about: "without the master key: keep that elsewhere" }],
  async run(call) {
    const { options, output, settings } = call;
    const { backup } = await import("@runagent/server/backup");
    const file = resolve(settings.workingFolder, call.arguments[0] ?? "");
    const made = await backup({ dataDir: dataFolder(call), file, withKey: options.flag("withKey") });
    if (output.json) output.document({ file, bytes: made.bytes, with_key: made.withKey });
    else {
      output.line(`${file}: ${made.bytes} bytes.`);
      if (!made.withKey) output.note("Without the master key: keep master.key elsewhere, or the secrets are lost.");
    }
    return EXIT.ok;
  },
};
