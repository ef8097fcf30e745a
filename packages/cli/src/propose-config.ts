/** The config for a folder that has none: of the entry that was named, else of what is found in it without running it. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Discovered, ProposedEntrypoint } from "@runagent/server/discover";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";

export interface ProposedConfig {
  readonly $schema: string;
  readonly agent_name: string;
  readonly framework?: string;
  readonly agent_architecture: { readonly entrypoints: readonly ProposedEntrypoint[] };
  readonly env_vars?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
}

export interface Proposal {
  readonly config: ProposedConfig;
  /** What was assumed, one sentence each. */
  readonly notes: readonly string[];
}

export interface ProposalRequest {
  readonly root: string;
  /** Null: as the folder or its project is called. */
  readonly name: string | null;
  /** `FILE:NAME`. */
  readonly entry: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function proposeConfig({ root, name, entry, env }: ProposalRequest): Promise<Proposal> {
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new CommandFailure(EXIT.invalid, `There is no folder ${root}.`);
  }
  const { discoverAgent, projectName } = await import("@runagent/server/discover");
  const title = name ?? projectName(root).name;
  if (entry !== null) return { config: config(title, { entrypoints: [entryOf(entry, root)] }), notes: [] };
  const discovery = await discoverAgent({ root, env, python: null });
  if (discovery.kind === "found") return { config: config(title, discovery.found), notes: notesOf(discovery.found) };
  const hint = ["Name it: runagent init --entry agent.py:app", ...discovery.why].join("\n");
  throw new CommandFailure(EXIT.invalid, `No agent found in ${root}.`, hint);
}

function config(title: string, found: Pick<Discovered, "entrypoints"> & Partial<Discovered>): ProposedConfig {
  const { entrypoints, framework = null, variables = {}, secrets = [] } = found;
  return {
    $schema: SCHEMA_URL,
    agent_name: title,
    ...(framework === null ? {} : { framework }),
    agent_architecture: { entrypoints },
    ...(Object.keys(variables).length === 0 ? {} : { env_vars: variables }),
    ...(secrets.length === 0 ? {} : { secrets }),
  };
}

/** `serve` reads the named file of variables as long as there is no config; a config cannot name one. */
function notesOf({ notes, envFile }: Discovered): string[] {
  return envFile === null ? [...notes] : [...notes, `Serve it with \`--env-file ${envFile}\`, as it does now.`];
}

const SCHEMA_URL = "https://runagent.dev/schemas/runagent.config.schema.json";

function entryOf(entry: string, root: string): ProposedEntrypoint {
  const colon = entry.lastIndexOf(":");
  if (colon <= 0 || colon === entry.length - 1) {
    throw new CommandFailure(EXIT.usage, `--entry ${entry} is not of the form FILE:NAME.`);
  }
  const file = entry.slice(0, colon);
  if (!existsSync(join(root, file))) throw new CommandFailure(EXIT.invalid, `There is no file ${join(root, file)}.`);
  return { file, module: entry.slice(colon + 1) };
}
