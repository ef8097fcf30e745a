/** The agent of a folder, as far as `deploy` must know it before anything is sent. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandCall } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";

export interface Deployable {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly egress: readonly string[];
  /** The config's file; null: there is none, the agent was found. */
  readonly configFile: string | null;
}

/** The values of secrets are the server's: here only their names count. */
const UNKNOWN = "unknown-until-it-runs";

export async function readDeployable(folder: string, { settings, output }: CommandCall): Promise<Deployable> {
  const { CONFIG_FILES, problemLine, readFolder } = await import("@runagent/server/config-file");
  const reading = await readFolder({ root: folder, env: settings.shell, envFile: null, entry: null, unknown: UNKNOWN });
  if (reading.kind === "nothing") {
    throw new CommandFailure(EXIT.invalid, reading.detail, "`runagent init` writes a config.");
  }
  const errors = reading.problems.filter((one) => one.severity === "error");
  if (reading.kind === "invalid") {
    throw new CommandFailure(EXIT.invalid, errors.map(problemLine).join("\n"), "`runagent validate` shows all of it.");
  }
  for (const note of reading.notes) output.note(note);
  const { name, secrets, network } = reading.config;
  const configFile = CONFIG_FILES.find((one) => existsSync(join(folder, one))) ?? null;
  return { name, secrets, egress: network.egress, configFile };
}
