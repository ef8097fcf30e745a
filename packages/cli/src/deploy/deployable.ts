/** The agent of a folder, as far as `deploy` must know it before anything is sent. */
import { existsSync, realpathSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { realTarget } from "../bundle/gather.ts";
import type { CommandCall } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";

export interface Deployable {
  readonly name: string;
  readonly secrets: readonly string[];
  readonly egress: readonly string[];
  /** What is bundled, absolute: the agent's folder, or one around it (`build.root`). */
  readonly root: string;
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
  const { name, secrets, network, build } = reading.config;
  const configFile = CONFIG_FILES.find((one) => existsSync(join(folder, one))) ?? null;
  return { name, secrets, egress: network.egress, root: rootOf(folder, build.root), configFile };
}

function rootOf(folder: string, written: string | null): string {
  const own = realpathSync(folder);
  const root = realTarget(resolve(own, written ?? "."));
  if (root !== null && (own === root || own.startsWith(root.endsWith(sep) ? root : root + sep))) return root;
  const found = root === null ? "which is not there" : "which the agent's folder is not in";
  throw new CommandFailure(
    EXIT.invalid,
    `\`build.root\` is ${JSON.stringify(written)}, ${found}.`,
    'Name the folder that is to be bundled, from the agent\'s folder: ".." is the one around it.',
  );
}
