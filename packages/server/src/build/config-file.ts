/**
 * Reads an agent's folder: the config, `.env`, and the environment that the agent gets. A user's mistake is a problem in
 * the result, never an exception. Variables, strongest first: shell, `--env-file`, `.env`, `env_vars`; the agent sees the
 * shell's less `RUNAGENT_*` (S2).
 */
import { stat } from "node:fs/promises";
import { isAbsolute, join, relative, resolve } from "node:path";
import { type Problem, problem } from "@runagent/protocol";
import { type AgentConfig, type ConfigProblem, type Language, languageOf, readConfig } from "@runagent/protocol/config";
import {
  ABSENT,
  type AgentReading,
  brokenReading,
  nothingFound,
  type Place,
  readAssumed,
  readFound,
} from "./assumed-config.ts";
import { discoverAgent } from "./discover.ts";
import { lookIn } from "./source-files.ts";
import { readText, readVariables, unreadable } from "./variables.ts";

export const CONFIG_FILES = ["runagent.config.json", "runagent.config.yaml", "runagent.config.yml"] as const;

export interface FolderRequest {
  /** The agent's folder. */
  readonly root: string;
  /** The shell's environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--env-file`. */
  readonly envFile: string | null;
  /** `--entry FILE:NAME`. */
  readonly entry: string | null;
  /** Stands for the value of a variable that nobody here gives: whoever deploys need not know the server's secrets. */
  readonly unknown?: string;
  /** `--python`: the code is looked at with it when there is no config. */
  readonly python?: string | null;
}

export type FolderReading = {
  /** Files whose change makes this reading old, absolute; they need not exist. */
  readonly watch: readonly string[];
  /** Errors and warnings, as they stand in the files. */
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly string[];
  /** What was assumed and is normal. */
  readonly details: readonly string[];
} & (
  | {
      readonly kind: "read";
      readonly config: AgentConfig;
      readonly language: Language;
      /** The agent's whole environment, values of secrets included. */
      readonly env: Readonly<Record<string, string>>;
      /** Its variables that somebody named: in the config, as a secret, in `.env`. A sandbox has no others. */
      readonly named: ReadonlySet<string>;
    }
  | { readonly kind: "invalid"; readonly agent: string | null }
  | { readonly kind: "nothing"; readonly detail: string }
);

export async function readFolder(request: FolderRequest): Promise<FolderReading> {
  const root = resolve(request.root);
  const named = [...CONFIG_FILES.map((name) => join(root, name)), join(root, ".env")];
  const envFile = request.envFile === null ? null : resolve(request.envFile);
  const watch = envFile === null ? named : [...named, envFile];
  if (!(await isFolder(root))) {
    return { kind: "nothing", detail: `${root} is no folder.`, watch, problems: [], notes: [], details: [] };
  }
  const variables = await readVariables(root, envFile, request.env);
  const files = lookIn(root);
  const lookup: typeof variables.lookup = (name) => variables.lookup(name) ?? request.unknown;
  const reading = await readAgent(request, { root, lookup, files });
  const problems = [...reading.problems, ...variables.problems];
  const both = { watch: [...watch, ...files.asked], problems, notes: reading.notes, details: reading.details };
  if (reading.absent) return { kind: "nothing", detail: reading.why ?? nothingFound(root, []), ...both };
  const { config } = reading;
  if (config === null || problems.some((one) => one.severity === "error")) {
    return { kind: "invalid", agent: config?.name ?? reading.name, ...both };
  }
  const first = config.entrypoints[0];
  const language = first === undefined ? undefined : languageOf(first.file);
  if (language === undefined) return { kind: "nothing", detail: nothingFound(root, []), ...both };
  const env = { ...config.envVars, ...variables.values };
  const notes = [...both.notes, ...secretNotes(config, env)];
  const own = new Set([...Object.keys(config.envVars), ...config.secrets, ...variables.files]);
  return { ...both, kind: "read", config, language, env, named: own, notes };
}

/** All errors of a reading as the one problem that calls are answered with while the agent cannot load. */
export function loadProblem(problems: readonly ConfigProblem[]): Problem {
  const errors = problems.filter((one) => one.severity === "error");
  const detail = errors.map(problemLine).join("\n");
  return problem("LOAD_FAILED", detail, {
    hint: "Mend it and save; `runagent validate` shows everything that is wrong.",
    errors: errors.map((one) => ({ pointer: one.pointer, detail: `found ${one.found}, expected ${one.expected}` })),
    problems: errors,
  });
}

/** `runagent.config.json:3:14 found "x", expected a list. Did you mean …?` */
export function problemLine(one: ConfigProblem): string {
  const advice = one.suggestion === null ? "" : ` ${one.suggestion}`;
  return `${one.file}:${one.line}:${one.column} found ${one.found}, expected ${one.expected}.${advice}`;
}

async function readAgent(request: FolderRequest, at: Place): Promise<AgentReading> {
  const written = await readWritten(at);
  if (request.entry !== null) return withEntry(request.entry, written, at);
  if (!written.absent && (written.config === null || written.config.entrypoints.length > 0)) return written;
  const { env, python = null } = request;
  const discovery = await discoverAgent({ root: at.root, env, python });
  if (discovery.kind === "nothing") {
    if (discovery.broken.length > 0) return brokenReading(discovery.broken, at);
    return { ...written, absent: true, why: nothingFound(at.root, discovery.why) };
  }
  const assumed = await readFound(discovery.found, at);
  if (written.config === null) return assumed;
  const entrypoints = assumed.config?.entrypoints ?? [];
  return { ...assumed, notes: discovery.found.notes, config: { ...written.config, entrypoints } };
}

async function readWritten({ root, lookup, files }: Place): Promise<AgentReading> {
  for (const name of CONFIG_FILES) {
    const text = await readText(join(root, name));
    if (text === null) continue;
    if (typeof text !== "string") return { ...ABSENT, absent: false, problems: [unreadable(name, text.why)] };
    return { absent: false, ...(await readConfig(text, name, { lookup, files })) };
  }
  return ABSENT;
}

/** `--entry` takes the place of the config's entrypoints; the rest of the config counts. */
async function withEntry(entry: string, written: AgentReading, at: Place): Promise<AgentReading> {
  const colon = entry.lastIndexOf(":");
  const path = colon < 0 ? entry : entry.slice(0, colon);
  const file = isAbsolute(path) ? relative(at.root, path) : path;
  const module = colon < 0 ? "" : entry.slice(colon + 1);
  if (at.files.kind(file) !== "file")
    return { ...ABSENT, why: `--entry ${entry}: there is no file ${join(at.root, file)}.` };
  const assumed = await readAssumed({ entrypoints: [{ file, module }], source: "--entry" }, at);
  if (written.absent || assumed.config === null) return assumed;
  if (written.config === null) return written;
  return { ...written, config: { ...written.config, entrypoints: assumed.config.entrypoints, healthcheck: null } };
}

const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

function secretNotes(config: AgentConfig, env: Readonly<Record<string, string>>): string[] {
  const missing = config.secrets.filter((name) => !Object.hasOwn(env, name));
  return missing.length === 0
    ? []
    : [`Secrets without a value: ${missing.join(", ")}. Set them in the shell or in .env.`];
}
