/**
 * Looks at what a bundle says it holds: paths that stay inside, each once, files that fit. Everything that is wrong is
 * named at once, with its place in the list.
 */
import { createHash } from "node:crypto";
import { type BundleFile, type LimitValues, RunAgentError } from "@runagent/protocol";

type Limits = Pick<LimitValues, "bundle" | "bundle_files" | "file" | "pointed_errors">;

export interface Sent {
  readonly files: readonly BundleFile[];
  /** The agent's, relative like the paths; empty: the whole. As the start of a path in `files` it is as plain as they. */
  readonly folder: string;
}

interface Wrong {
  readonly pointer: string;
  readonly detail: string;
}

const LONGEST_PATH = 1024; // below what file systems take, with our folders before it
const LONGEST_NAME = 255;
const LARGEST_NAMED = 5;

/** Throws INPUT_TOO_LARGE, naming the largest files, or INVALID_REQUEST. */
export function checkManifest({ files, folder }: Sent, limits: Limits): void {
  if (files.length > limits.bundle_files) {
    const detail = `The bundle has ${files.length} files; ${limits.bundle_files} are the most.`;
    throw new RunAgentError("INPUT_TOO_LARGE", detail, { hint: "Name what is not needed in .runagentignore." });
  }
  const wrong = [...wrongFiles(files, limits), ...twice(files)];
  if (wrong.length > 0) {
    const shown = wrong.slice(0, limits.pointed_errors);
    throw new RunAgentError("INVALID_REQUEST", `The bundle cannot be laid out: ${wrong[0]?.detail}`, { errors: shown });
  }
  const bytes = files.reduce((sum, one) => sum + one.size, 0);
  if (bytes > limits.bundle) throw tooLarge(files, bytes, limits.bundle);
  if (folder !== "" && !files.some(({ path }) => path.startsWith(`${folder}/`))) {
    const detail = `No file of the bundle is in ${JSON.stringify(folder.slice(0, 200))}, the agent's folder in it.`;
    throw new RunAgentError("INVALID_REQUEST", detail, { errors: [{ pointer: "/folder", detail }] });
  }
}

/** Of the whole: the same files at the same places, with the agent in the same folder, give the same. */
export function bundleDigest({ files, folder }: Sent): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const hash = createHash("sha256");
  for (const { path, digest, mode } of sorted) hash.update(`${path}\0${digest}\0${mode & 0o100 ? "x" : "-"}\n`);
  if (folder !== "") hash.update(`\0${folder}\n`);
  return `sha256:${hash.digest("hex")}`;
}

function wrongFiles(files: readonly BundleFile[], limits: Limits): Wrong[] {
  return files.flatMap(({ path, size }, i) => {
    const why = wrongPath(path) ?? (size > limits.file ? `has ${size} bytes; ${limits.file} are the most` : null);
    return why === null ? [] : [{ pointer: `/files/${i}`, detail: `${JSON.stringify(path.slice(0, 200))} ${why}.` }];
  });
}

function wrongPath(path: string): string | null {
  if (path === "" || path.length > LONGEST_PATH) return `is no path of 1 to ${LONGEST_PATH} characters`;
  if (path.startsWith("/") || /^[a-z]:/i.test(path)) return "is absolute; paths are relative to the bundle";
  if (/[\0\\]/.test(path)) return "has a character that no path in a bundle may have";
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) return "leaves the bundle, or is not plain";
  return names.some((name) => Buffer.byteLength(name) > LONGEST_NAME) ? "has a name that is too long" : null;
}

/** The same path again, or a file where another file's folder is. */
function twice(files: readonly BundleFile[]): Wrong[] {
  const all = new Set(files.map((one) => one.path));
  const seen = new Set<string>();
  return files.flatMap(({ path }, i) => {
    const again = seen.has(path);
    seen.add(path);
    const file = foldersOf(path).find((folder) => all.has(folder));
    if (again) return [{ pointer: `/files/${i}`, detail: `${path} stands there twice.` }];
    return file === undefined ? [] : [{ pointer: `/files/${i}`, detail: `${path} lies in ${file}, which is a file.` }];
  });
}

function foldersOf(path: string): string[] {
  const names = path.split("/");
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join("/"));
}

function tooLarge(files: readonly BundleFile[], bytes: number, most: number): RunAgentError {
  const largest = files.toSorted((a, b) => b.size - a.size).slice(0, LARGEST_NAMED);
  const named = largest.map(({ path, size }) => `${path} (${size} bytes)`).join(", ");
  return new RunAgentError(
    "INPUT_TOO_LARGE",
    `The bundle has ${bytes} bytes; ${most} are the most. The largest: ${named}.`,
    {
      hint: "Name what is not needed in .runagentignore.",
    },
  );
}
