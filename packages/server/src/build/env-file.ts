/**
 * Reads `.env` text: `NAME=value`, `export`, quotes over several lines, comments. `${NAME}` is filled in from what stands
 * above it or from the environment, except in single quotes. No I/O; a line that is none is said, never fatal.
 */
import { interpolateText, type Lookup } from "@runagent/protocol/config";

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly { readonly line: number; readonly found: string }[];
}

const LINE =
  /^[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*(?:'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|`([^`]*)`|([^\n]*?))[^\S\n]*(?:(?<=[\s'"`])#[^\n]*)?$/gm;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

export function parseEnvFile(source: string, outer: Lookup): EnvFile {
  const text = source.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const values: Record<string, string> = {};
  const lookup: Lookup = (name) => values[name] ?? outer(name);
  const fill = (value: string): string => {
    const filled = interpolateText(value, lookup);
    return filled.missing.length === 0 ? filled.text : interpolateText(value, (name) => lookup(name) ?? "").text;
  };
  const used: { start: number; end: number }[] = [];
  for (const match of text.matchAll(LINE)) {
    const [whole, name = "", single, double, tick, bare = ""] = match;
    used.push({ start: match.index, end: match.index + whole.length });
    const unescaped = double?.replace(/\\([\s\S])/g, (_, one: string) => ESCAPES[one] ?? one);
    values[name] = single ?? tick ?? fill(unescaped ?? bare.replace(/(^|\s)#.*$/, "").trim());
  }
  return { values, problems: strayLines(text, used) };
}

function strayLines(text: string, used: readonly { start: number; end: number }[]): EnvFile["problems"] {
  const problems: { line: number; found: string }[] = [];
  let offset = 0;
  text.split("\n").forEach((line, i) => {
    const inside = used.some(({ start, end }) => offset >= start && offset <= end);
    const content = line.trim();
    if (!inside && content !== "" && !content.startsWith("#")) problems.push({ line: i + 1, found: nameOnly(content) });
    offset += line.length + 1;
  });
  return problems;
}

/** Never the value: it may be a secret. */
const nameOnly = (line: string): string => `"${/^(?:export\s+)?[\w.-]*/.exec(line)?.[0] || "…"}" without "="`;
