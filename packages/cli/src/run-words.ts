/** The words of `run`: `[AGENT|PATH] [TAG] [KEY=VALUE …]`, told apart. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type AgentView, type RunAgent, RunAgentError } from "@runagent/sdk";
import type { CommandCall } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";
import { type FolderAgent, readFolderAgent } from "./folder-agent.ts";
import type { Settings } from "./settings.ts";

export interface RunWords {
  /** AGENT, PATH or TAG, as written. */
  readonly names: readonly string[];
  readonly values: readonly (readonly [key: string, value: string])[];
}

/** Takes the words of the form KEY=VALUE out. A folder that looks like one is written `./a=b`. */
export function sortWords(words: readonly string[]): RunWords {
  const names: string[] = [];
  const values: (readonly [string, string])[] = [];
  for (const word of words) {
    const match = KEY_VALUE.exec(word);
    if (match?.[1] !== undefined && match[2] !== undefined) values.push([match[1], match[2]]);
    else names.push(word);
  }
  if (names.length > 2) {
    throw new CommandFailure(EXIT.usage, `${names[2]} is one word too many.`, "Write values as KEY=VALUE.");
  }
  return { names, values };
}

const KEY_VALUE = /^([\p{L}_$][\p{L}\p{N}_$.-]*)=(.*)$/su;

/** The folder that is meant: the one named, else the one stood in. */
export function folderOf(names: readonly string[], workingFolder: string): string {
  return names[0] !== undefined && isFolder(names[0], workingFolder) ? resolve(workingFolder, names[0]) : workingFolder;
}

/** Whom to call. One bare word that is a tag of the folder's agent is the tag; a folder or an agent's name wins. */
export async function resolveTarget(
  names: readonly string[],
  { settings, signal }: CommandCall,
  client: RunAgent,
): Promise<{ readonly agent: string; readonly tag?: string }> {
  const { workingFolder } = settings;
  const [first, tag] = names;
  const folder = folderOf(names, workingFolder);
  if (first === undefined || isFolder(first, workingFolder)) {
    return withTag(await agentOfFolder({ folder, settings, signal }, client), tag);
  }
  if (/^[./~]/.test(first)) throw new CommandFailure(EXIT.invalid, `There is no folder ${first}.`);
  if (tag !== undefined) return { agent: first, tag };
  return bareWord(first, { folder, settings, signal }, client);
}

const withTag = (agent: string, tag: string | undefined): { readonly agent: string; readonly tag?: string } =>
  tag === undefined ? { agent } : { agent, tag };

interface Place {
  readonly folder: string;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** For commands that leave AGENT out. */
export function agentHere({ settings, signal }: CommandCall, client: RunAgent): Promise<string> {
  return agentOfFolder({ folder: settings.workingFolder, settings, signal }, client);
}

async function agentOfFolder({ folder, settings, signal }: Place, client: RunAgent): Promise<string> {
  const here = await readFolderAgent(folder, settings);
  if (here !== null) return here.name;
  const [only, ...others] = await client.agents({ signal });
  if (only !== undefined && others.length === 0) return only.name;
  throw new CommandFailure(
    EXIT.invalid,
    `No agent is named and ${folder} holds none.`,
    others.length === 0 ? "Name one." : `Name one: ${[only, ...others].map((agent) => agent?.name).join(", ")}.`,
  );
}

/** An agent of the server; else a tag of the folder's agent. A word that is neither is told both. */
async function bareWord(
  word: string,
  { folder, settings, signal }: Place,
  client: RunAgent,
): Promise<{ readonly agent: string; readonly tag?: string }> {
  const agents = await client.agents({ signal });
  if (agents.some((agent) => agent.name === word.split("@")[0])) return { agent: word };
  const here = (await readFolderAgent(folder, settings)) ?? onlyOf(agents);
  if (here === undefined || here.name === word) return { agent: word };
  const served = agents.find((agent) => agent.name === here.name);
  const tags = [...new Set([...here.tags, ...(served?.entrypoints.map((one) => one.tag) ?? [])])];
  if (tags.includes(word)) return { agent: here.name, tag: word };
  throw new RunAgentError(
    "AGENT_NOT_FOUND",
    `There is no agent ${JSON.stringify(word)}, and ${here.name} has no such tag.`,
    {
      hint: `Its tags: ${tags.join(", ")}. \`runagent agents\` lists the agents.`,
    },
  );
}

function onlyOf(agents: readonly AgentView[]): FolderAgent | undefined {
  const [only, ...others] = agents;
  return only === undefined || others.length > 0 ? undefined : { name: only.name, tags: [] };
}

function isFolder(word: string, workingFolder: string): boolean {
  return statSync(resolve(workingFolder, word), { throwIfNoEntry: false })?.isDirectory() ?? false;
}
