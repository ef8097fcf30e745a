/** `--data DIR`, as every `server` command has it. */
import { resolve } from "node:path";
import type { CommandCall, OptionSpec } from "../../command.ts";

export const DATA_OPTION: OptionSpec = {
  flags: "--data <dir>",
  about: "the data directory; left out: RUNAGENT_DATA, else a folder of this user",
};

export function dataFolder({ options, settings }: CommandCall): string {
  const named = options.text("data");
  return named === undefined ? settings.dataFolder : resolve(settings.workingFolder, named);
}
