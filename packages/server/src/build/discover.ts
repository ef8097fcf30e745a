/**
 * Looks at a folder's code without running it, and proposes what a config would say: what `langgraph.json` names, else
 * agent objects of known frameworks, else what makes or wraps one, else functions with a telling name. Says what it
 * assumed. Never writes, imports nothing of the user's, never throws for what stands in the files.
 */
import { type Language, languageOf } from "@runagent/protocol/config";
import { type CandidateFiles, candidateFiles, isTellingFile } from "./discover/candidate-files.ts";
import { candidatesOf } from "./discover/candidates.ts";
import { type Choice, choose } from "./discover/choose.ts";
import { type Framework, frameworkOfPackage } from "./discover/frameworks.ts";
import { importEffects } from "./discover/import-effects.ts";
import { readLanggraph } from "./discover/langgraph-json.ts";
import type { Outline } from "./discover/outline.ts";
import { Project } from "./discover/project.ts";

export { projectName } from "./discover/project-name.ts";

import { readPython } from "./discover/read-python.ts";
import { readTypescript } from "./discover/read-typescript.ts";
import { variablesOf } from "./discover/secrets.ts";
import { counted, firstOf, foundNote, functionsNote, listed } from "./discover/sentences.ts";

export interface DiscoverRequest {
  /** The agent's folder, absolute. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--python`. */
  readonly python: string | null;
}

export interface ProposedEntrypoint {
  /** Relative to the agent's folder, with forward slashes. */
  readonly file: string;
  readonly module: string;
  readonly tag?: string;
  readonly type?: "generic" | "generic_stream" | "async";
}

export interface Discovered {
  /** The first is the default. */
  readonly entrypoints: readonly ProposedEntrypoint[];
  /** Of the first entrypoint that has one. */
  readonly framework: string | null;
  /** Environment variables that hold secrets. */
  readonly secrets: readonly string[];
  /** Values that the folder itself gives to its agent. */
  readonly variables: Readonly<Record<string, string>>;
  /** A file of variables that the folder names, relative. */
  readonly envFile: string | null;
  /** What was assumed, one sentence each. */
  readonly notes: readonly string[];
  /** Files, other than those of entrypoints, that said it; relative. */
  readonly sources: readonly string[];
}

export type Discovery =
  | { readonly kind: "found"; readonly found: Discovered }
  /** `why`: what was seen and is no agent that can be served, one sentence each. */
  | { readonly kind: "nothing"; readonly why: readonly string[]; readonly broken: readonly BrokenFile[] };

/** A file that is called like an agent's, and cannot be read. */
export interface BrokenFile {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export async function discoverAgent(request: DiscoverRequest): Promise<Discovery> {
  const files = candidateFiles(request.root);
  const why: string[] = [];
  for (const path of files.langgraph) {
    const said = readLanggraph(request.root, path);
    if (!("why" in said)) return { kind: "found", found: await fromLanggraph(said, request, files) };
    why.push(said.why);
  }
  const read = await readAll(request, files);
  const projects = { python: new Project(read.python), node: new Project(read.node) };
  const seen = { python: candidatesOf(projects.python), node: candidatesOf(projects.node) };
  const choice = choose(projects, seen);
  why.push(...read.why);
  if (files.cut) why.push(`Only the nearest ${read.python.length + read.node.length} source files were looked at.`);
  if (choice === null) {
    const refused = firstOf([...seen.python.refused, ...seen.node.refused]);
    const all = [...read.python, ...read.node];
    return { kind: "nothing", why: [...why, ...refused, ...functionsNote(all)], broken: all.flatMap(brokenFile) };
  }
  return { kind: "found", found: proposal(choice, projects[choice.language], why) };
}

function proposal(choice: Choice, project: Project, why: readonly string[]): Discovered {
  const { entrypoints, chosen } = choice;
  const reachable = project.reachable(entrypoints.map(({ file }) => file));
  const { secrets, others } = variablesOf(reachable);
  const effects = importEffects(
    entrypoints.map(({ file }) => file),
    project,
  );
  const framework = chosen.find((one) => one.framework !== null)?.framework ?? packageOf(reachable);
  return {
    entrypoints,
    framework: framework?.name ?? null,
    secrets,
    variables: {},
    envFile: null,
    notes: [foundNote(chosen, entrypoints), ...choice.notes, ...effects, ...why, ...variableNotes(secrets, others)],
    sources: [],
  };
}

/** The first framework that a file of it is written with, wherever that stands. */
function packageOf(outlines: readonly Outline[]): Framework | undefined {
  const modules = outlines.flatMap(({ imports }) => Object.values(imports).map(({ module }) => module));
  return modules.map(frameworkOfPackage).find((one) => one !== undefined);
}

type Langgraph = Exclude<ReturnType<typeof readLanggraph>, { readonly why: string }>;

async function fromLanggraph(said: Langgraph, request: DiscoverRequest, files: CandidateFiles): Promise<Discovered> {
  const { entrypoints, path } = said;
  const language = languageOf(entrypoints[0]?.file ?? "") ?? "python";
  const read = await readAll(request, { ...files, files: { ...NO_FILES, [language]: files.files[language] } });
  const project = new Project(read[language]);
  const { secrets, others } = variablesOf(project.reachable(entrypoints.map(({ file }) => file)));
  const names = entrypoints.map(({ tag, file, module }) => `${tag} (\`${module}\` of ${file})`);
  const which = entrypoints.length === 1 ? "" : " All are served, the first is the default.";
  const note = `${path} names ${counted(entrypoints.length, "graph")}: ${names.join(", ")}.${which}`;
  return {
    entrypoints,
    framework: "langgraph",
    secrets,
    variables: said.variables,
    envFile: said.envFile,
    notes: [note, ...said.notes, ...variableNotes(secrets, others)],
    sources: [path],
  };
}

const NO_FILES = { python: [], node: [] };

interface Read extends Readonly<Record<Language, readonly Outline[]>> {
  readonly why: readonly string[];
}

/** Both languages at once: each has a process of its own. */
async function readAll(request: DiscoverRequest, { files }: CandidateFiles): Promise<Read> {
  const [python, node] = await Promise.all([
    readPython({ ...request, files: files.python }),
    readTypescript({ root: request.root, files: files.node }),
  ]);
  const why = [python, node].flatMap((one) => ("why" in one ? [one.why] : one.outlines.flatMap(brokenNote)));
  return { python: "why" in python ? [] : python.outlines, node: "why" in node ? [] : node.outlines, why };
}

function brokenFile({ file, error }: Outline): BrokenFile[] {
  return error !== null && isTellingFile(file) ? [{ file, ...error }] : [];
}

const brokenNote = ({ file, error }: Outline): string[] =>
  error === null ? [] : [`${file}:${error.line} cannot be read: ${error.message}.`];

function variableNotes(secrets: readonly string[], others: readonly string[]): string[] {
  return [
    ...(secrets.length === 0 ? [] : [`Taken for secrets: ${secrets.join(", ")}.`]),
    ...(others.length === 0 ? [] : [`The code also reads ${listed(others)} from the environment.`]),
  ];
}
