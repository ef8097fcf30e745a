/** `langgraph.json`: the graphs that a folder names for LangGraph's own server, and where its variables stand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Language, languageOf } from "@runagent/protocol/config";

export interface LanggraphFile {
  /** Relative to the agent's folder. */
  readonly path: string;
  readonly entrypoints: readonly { readonly file: string; readonly module: string; readonly tag: string }[];
  readonly variables: Readonly<Record<string, string>>;
  /** A file of variables other than `.env`, relative to the agent's folder. */
  readonly envFile: string | null;
  readonly notes: readonly string[];
}

/** Null: it names no graph, or cannot be read. */
export function readLanggraph(root: string, path: string): LanggraphFile | { readonly why: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(root, path), "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    return { why: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.` };
  }
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const graphs = Object.entries(objectOf(objectOf(value).graphs));
  const notes: string[] = [];
  const all = graphs.flatMap(([id, graph]) => {
    const place = placeOf(graph, { root, folder });
    if (place === null) {
      notes.push(`${path} names ${JSON.stringify(graph)} as "${id}", which is no file with a name after a colon.`);
    }
    return place === null ? [] : [{ ...place, tag: tagOf(id) }];
  });
  const language = all[0] === undefined ? undefined : languageOf(all[0].file);
  const entrypoints = all.filter(({ file }) => languageOf(file) === language);
  if (entrypoints.length < all.length) notes.push(leftOut(all, language));
  if (entrypoints.length === 0) return { why: [`${path} names no graph that is there.`, ...notes].join(" ") };
  return { path, entrypoints, notes, ...variablesOf(objectOf(value).env, folder) };
}

/** `./src/agent.py:graph`, `src.agent:graph`, or an object with it as `path`. */
function placeOf(graph: unknown, at: { readonly root: string; readonly folder: string }) {
  const text = typeof graph === "string" ? graph : objectOf(graph).path;
  if (typeof text !== "string") return null;
  const colon = text.lastIndexOf(":");
  const [written, module] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon <= 0 || module === "" || written.startsWith("/")) return null;
  const path = `${at.folder}${written.replace(/^(\.\/)+/, "")}`;
  const dotted = `${at.folder}${written.replaceAll(".", "/")}.py`;
  const file = languageOf(path) === undefined && existsSync(join(at.root, dotted)) ? dotted : path;
  return languageOf(file) === undefined || file.split("/").includes("..") ? null : { file, module };
}

function variablesOf(env: unknown, folder: string): Pick<LanggraphFile, "variables" | "envFile"> {
  if (typeof env === "string") {
    const path = `${folder}${env.replace(/^(\.\/)+/, "")}`;
    return { variables: {}, envFile: path === ".env" || path.split("/").includes("..") ? null : path };
  }
  const entries = Object.entries(objectOf(env)).filter((one): one is [string, string] => typeof one[1] === "string");
  return { variables: Object.fromEntries(entries), envFile: null };
}

function leftOut(all: readonly { file: string; tag: string }[], language: Language | undefined): string {
  const others = all.filter(({ file }) => languageOf(file) !== language).map(({ tag }) => tag);
  return `One agent is written in one language: ${others.join(", ")} of the other language are left out.`;
}

/** What may stand in a URL. */
const tagOf = (id: string): string => id.replace(/[^\w.-]+/g, "_") || "graph";

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
