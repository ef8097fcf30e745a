/** The query of a URL. What is not understood is a mistake of the caller, named, never passed over. */
import { parseDuration, RunAgentError } from "@runagent/protocol";

/** Parameters by name; those left empty are not there. */
export type Query = ReadonlyMap<string, string>;

const NONE: Query = new Map();

/** `known` null: other parameters are none of our business. */
export function queryOf(search: string, known: readonly string[] | null): Query {
  if (search === "") return NONE;
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (known !== null && !known.includes(name))
      throw mistake(`${quoted(name)} is not known; known: ${known.join(", ")}`);
    if (query.has(name)) throw mistake(`${quoted(name)} stands there twice`);
    if (value !== "") query.set(name, value);
  }
  return query;
}

/** `limit` of a list. */
export function limitOf(query: Query, usual: number, most: number): number {
  const text = query.get("limit");
  if (text === undefined) return usual;
  const limit = wholeNumber(text);
  if (limit === null || limit < 1 || limit > most) {
    throw mistake(`"limit" is a whole number from 1 to ${most}, not ${quoted(text)}`);
  }
  return limit;
}

/** `since` of a list, in milliseconds since the epoch: a time, or how long ago. */
export function sinceOf(query: Query, now: number): number | null {
  const text = query.get("since");
  if (text === undefined) return null;
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  // In a URL `+` means a space: the offset of a time that nobody encoded.
  const time = RFC_3339.test(text) ? Date.parse(text.replace(" ", "+")) : Number.NaN;
  if (Number.isNaN(time)) throw mistake(`"since" is a time as in RFC 3339, or like \`10m\`, not ${quoted(text)}`);
  return time;
}

/** Left out: false. */
export function flagOf(query: Query, name: string): boolean {
  const text = query.get(name);
  if (text === undefined || text === "false" || text === "0") return false;
  if (text === "true" || text === "1") return true;
  throw mistake(`${quoted(name)} is \`true\` or \`false\`, not ${quoted(text)}`);
}

/** A whole number from 0, or null. */
export function wholeNumber(text: string): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+ -]\d\d:\d\d)$/;

const mistake = (detail: string): RunAgentError => new RunAgentError("INVALID_REQUEST", `In the query: ${detail}.`);
const quoted = (text: string): string => JSON.stringify(text);
