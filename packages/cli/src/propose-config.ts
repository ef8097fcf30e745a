/** The config for a folder that has none: of the entry that was named, else of what is found in it. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";

export interface ProposedConfig {
  readonly $schema: string;
  readonly agent_name: string;
  readonly framework?: string;
  readonly agent_architecture: { readonly entrypoints: readonly { readonly file: string; readonly module: string }[] };
}

export async function proposeConfig(from: {
  readonly root: string;
  readonly name: string;
  readonly entry: string | null;
}): Promise<ProposedConfig> {
  const { root, name, entry } = from;
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new CommandFailure(EXIT.invalid, `There is no folder ${root}.`);
  }
  if (entry !== null) return config(name, [entryOf(entry, root)]);
  const { discoverAgent } = await import("@runagent/server/discover");
  const found = await discoverAgent(root);
  if (found !== null) return config(name, found.entrypoints, found.framework);
  throw new CommandFailure(EXIT.invalid, `No agent found in ${root}.`, "Name it: runagent init --entry agent.py:app");
}

function config(
  name: string,
  entrypoints: ProposedConfig["agent_architecture"]["entrypoints"],
  framework: string | null = null,
): ProposedConfig {
  return {
    $schema: SCHEMA_URL,
    agent_name: name,
    ...(framework === null ? {} : { framework }),
    agent_architecture: { entrypoints },
  };
}

const SCHEMA_URL = "https://runagent.dev/schema/runagent.config.schema.json";

function entryOf(entry: string, root: string): { readonly file: string; readonly module: string } {
  const colon = entry.lastIndexOf(":");
  if (colon <= 0 || colon === entry.length - 1) {
    throw new CommandFailure(EXIT.usage, `--entry ${entry} is not of the form FILE:NAME.`);
  }
  const file = entry.slice(0, colon);
  if (!existsSync(join(root, file))) throw new CommandFailure(EXIT.invalid, `There is no file ${join(root, file)}.`);
  return { file, module: entry.slice(colon + 1) };
}
