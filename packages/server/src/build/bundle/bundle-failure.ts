/** A failed bundle as its author sees it: file, line, esbuild's own picture of the place, and what to do. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { type BuildFailure, formatMessages, type Location, type Message } from "esbuild";
import type { SourceLog } from "./sources-plugin.ts";

interface Place {
  readonly root: string;
  readonly files: readonly string[];
}

export async function bundleFailure(place: Place, failure: BuildFailure, sources: SourceLog): Promise<RunAgentError> {
  const { root } = place;
  const lines = await formatMessages(failure.errors, { kind: "error", color: false });
  const packages = [...new Set(failure.errors.map(packageOf).filter((name) => name !== null))];
  const details = {
    traceback: lines.join("\n").trim(),
    files: sources.files,
    missing: failure.errors.flatMap((error) => lookedFor(root, error)),
    ...(packages.length > 0 ? { hint: `Install it: ${installCommand(root)} ${packages.join(" ")}` } : {}),
  };
  const detail = failure.errors.map(sentence).join("\n");
  return new RunAgentError("LOAD_FAILED", detail, details, { cause: failure });
}

/** Throws when a file of the config is not there. */
export function missingEntries({ root, files }: Place): void {
  const absent = files.filter((file) => !existsSync(join(root, file)));
  if (absent.length === 0) return;
  const detail = absent.map((file) => `there is no file "${file}"${nearest(root, file)}`).join("\n");
  throw new RunAgentError("LOAD_FAILED", detail, { missing: absent.map((file) => join(root, file)), files: [] });
}

function nearest(root: string, file: string): string {
  const folder = dirname(join(root, file));
  if (!existsSync(folder)) return "";
  const stem = file.slice(file.lastIndexOf("/") + 1).split(".")[0] ?? "";
  const sources = readdirSync(folder).filter((name) => /\.[mc]?[jt]sx?$/.test(name));
  const near = sources.find((name) => name.split(".")[0] === stem) ?? sources.find((name) => isNear(name, file));
  return near === undefined ? "" : `; did you mean "${join(dirname(file), near)}"?`;
}

/** Shares its beginning. */
function isNear(name: string, file: string): boolean {
  const wanted = file.slice(file.lastIndexOf("/") + 1);
  return name.slice(0, 3).toLowerCase() === wanted.slice(0, 3).toLowerCase();
}

function sentence(error: Message): string {
  const name = packageOf(error);
  const text = name === null ? error.text : `the package "${name}" is not installed`;
  return error.location === null
    ? text
    : `${error.location.file}:${error.location.line}:${error.location.column + 1}: ${text}`;
}

/** The name of the package that an import names; null for the agent's own files. */
function packageOf(error: Message): string | null {
  const specifier: unknown = (error.detail as { specifier?: unknown } | undefined)?.specifier; // set by packages-plugin
  if (typeof specifier !== "string" || /^([@~]\/|#)/.test(specifier)) return null;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

const ENDINGS = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".json", "/index.ts", "/index.js"];

/** Paths whose appearing may mend it. */
function lookedFor(root: string, error: Message): readonly string[] {
  const name = packageOf(error);
  if (name !== null) return [join(root, "node_modules", name, "package.json")];
  const specifier = error.location === null ? null : quoted(error.location);
  if (error.location === null || specifier === null || !specifier.startsWith(".")) return [];
  const base = resolve(root, dirname(error.location.file), specifier);
  const stems = [base, base.replace(/\.[mc]?jsx?$/, "")];
  return [...new Set(stems.flatMap((stem) => ENDINGS.map((ending) => stem + ending)))];
}

/** The text in quotes that an error points at. Columns count bytes. */
function quoted(location: Location): string | null {
  const bytes = Buffer.from(location.lineText);
  const text = bytes.subarray(location.column, location.column + location.length).toString();
  return /^(["'`])(.*)\1$/.exec(text)?.[2] ?? null;
}

function installCommand(root: string): string {
  if (existsSync(join(root, "pnpm-lock.yaml"))) return "pnpm add";
  return existsSync(join(root, "yarn.lock")) ? "yarn add" : "npm install";
}
