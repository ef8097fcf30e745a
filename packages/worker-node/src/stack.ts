/**
 * Stacks as their author knows them: positions in the bundle become positions in the sources, our frames and Node's own
 * are left out. A bundle's source map is read when the first stack that needs it is looked at.
 */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const OWN_FOLDER = dirname(fileURLToPath(import.meta.url)) + sep;
const POSITION = /((?:file:\/\/)?\/[^():]+):(\d+):(\d+)/;

const maps = new Map<string, SourceMap | null>();

/** From here on `error.stack` of every error is mapped, when it is looked at. */
export function mapStacks(): void {
  Error.prepareStackTrace = (error, sites) => {
    const lines = sites.map((site) => mapLine(`    at ${site}`)).filter((line) => !isHidden(line));
    return [headOf(error), ...lines].join("\n");
  };
}

/** The stack of an error with those of its causes. */
export function tracebackOf(error: unknown, depth = 8): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const stack = typeof error.stack === "string" ? error.stack : headOf(error);
  const own = stack
    .split("\n")
    .filter((line) => !isHidden(line))
    .join("\n");
  if (depth === 0) return own;
  const inner = error instanceof AggregateError ? error.errors.map((one: unknown) => tracebackOf(one, depth - 1)) : [];
  const causes = error.cause === undefined ? [] : [tracebackOf(error.cause, depth - 1) ?? String(error.cause)];
  return [own, ...inner.map((text) => `One of: ${text}`), ...causes.map((text) => `Caused by: ${text}`)].join("\n");
}

function headOf(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "an error that cannot be shown"; // its `name` or `message` throws
  }
}

function isHidden(line: string): boolean {
  if (!line.startsWith("    at ")) return false;
  return line.includes("node:internal/") || line.includes("(node:") || line.includes(OWN_FOLDER) || OF_NODE.test(line);
}

const OF_NODE = /^ {4}at (node:|new Promise \(<anonymous>\)|Array\.\w+ \(<anonymous>\)$|AsyncLocalStorage\.run )/;

function mapLine(line: string): string {
  const found = POSITION.exec(line);
  if (found === null) return line;
  const [whole, where, row, column] = found;
  const file = where?.startsWith("file:") ? fileURLToPath(where) : (where ?? "");
  return line.replace(whole, original(file, Number(row), Number(column)));
}

function original(file: string, row: number, column: number): string {
  const origin = sourceMapOf(file)?.findOrigin(row, column);
  if (origin === undefined || !("fileName" in origin)) return `${file}:${row}:${column}`;
  return `${resolve(dirname(file), origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
}

function sourceMapOf(file: string): SourceMap | null {
  const known = maps.get(file);
  if (known !== undefined) return known;
  const map = file.startsWith(OWN_FOLDER) ? null : readMap(`${file}.map`);
  maps.set(file, map);
  return map;
}

function readMap(path: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null; // no bundle of ours: its positions are the sources' own
  }
}
