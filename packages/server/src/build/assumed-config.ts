/**
 * What a config would say, where there is none: of what was found in the code, or of `--entry`. Read as a config is, so
 * that both are checked and filled in alike.
 */
import { join } from "node:path";
import { type ConfigReading, type FileLookup, type Lookup, readConfig } from "@runagent/protocol/config";
import { projectName } from "./discover/project-name.ts";
import type { BrokenFile, Discovered } from "./discover.ts";
import { parseEnvFile } from "./env-file.ts";
import { readText } from "./variables.ts";

export interface AgentReading extends ConfigReading {
  readonly absent: boolean;
  /** What to tell when there is nothing. */
  readonly why?: string;
}

export const ABSENT: AgentReading = { absent: true, config: null, name: null, problems: [], notes: [], details: [] };

export interface Place {
  readonly root: string;
  readonly lookup: Lookup;
  readonly files: FileLookup;
}

export async function readFound(found: Discovered, at: Place): Promise<AgentReading> {
  // What says something, or would, is watched, too.
  for (const source of ["langgraph.json", ...found.sources]) at.files.kind(source);
  const { entrypoints, framework, secrets, notes } = found;
  const variables = { ...(await namedVariables(found, at)), ...found.variables };
  const assumed = await readAssumed(
    {
      entrypoints,
      source: found.sources[0] ?? "what was found",
      more: { secrets, env_vars: variables, ...(framework === null ? {} : { framework }) },
    },
    at,
  );
  return { ...assumed, notes: [...assumed.notes, ...notes] };
}

async function namedVariables(
  { envFile }: Discovered,
  { root, files }: Place,
): Promise<Readonly<Record<string, string>>> {
  if (envFile === null) return {};
  files.kind(envFile);
  const text = await readText(join(root, envFile));
  return typeof text === "string" ? parseEnvFile(text, () => undefined).values : {};
}

interface Assumed {
  readonly entrypoints: readonly object[];
  readonly source: string;
  readonly more?: object;
}

export async function readAssumed({ entrypoints, source, more }: Assumed, at: Place): Promise<AgentReading> {
  const { name, after } = projectName(at.root);
  const text = JSON.stringify({ agent_name: name, agent_architecture: { entrypoints }, ...more });
  const reading = await readConfig(text, source, { files: at.files });
  // Nobody wrote the text that was read: its columns mean nothing.
  const problems = reading.problems.map((one) => ({ ...one, line: 1, column: 1 }));
  return { absent: false, ...reading, problems, notes: [`No config: the agent is called "${name}" after ${after}.`] };
}

/** Code that cannot be read may hold an agent when it is mended: it is waited for. */
export function brokenReading(broken: readonly BrokenFile[], { files }: Place): AgentReading {
  const problems = broken.map(({ file, line, message }) => {
    files.kind(file); // watched
    const expected = "code that can be read";
    return {
      ...{ file, line, column: 1, pointer: "" },
      found: message,
      expected,
      suggestion: null,
      severity: "error",
    } as const;
  });
  return { ...ABSENT, absent: false, problems };
}

export const nothingFound = (root: string, why: readonly string[]): string =>
  [
    `No agent found in ${root}: there is no runagent.config.json (or .yaml) that names an entrypoint. ` +
      "Write one with `runagent init`, or name the agent: `runagent serve --entry agent.py:app`.",
    ...why,
  ].join("\n");
