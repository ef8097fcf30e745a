/**
 * How values leave (docs/guide/values.md): plain data costs one look and one JSON.stringify; everything else goes through
 * the slow walk, which follows the rules and names the place of what cannot be JSON. The text never holds a line feed.
 */
import { type Note, toPlain } from "./leaving-walk.ts";

export type { Note };

export interface Left {
  readonly json: string;
  /** What was changed on the way, for the run's log. */
  readonly notes: readonly Note[];
}

const NO_NOTES: readonly Note[] = [];
/** Deeper data takes the slow walk, which finds cycles. */
const PLAIN_DEPTH = 32;

/** Throws RunAgentError OUTPUT_NOT_JSON with the pointer. A top-level `undefined` is null. */
export function leave(value: unknown): Left {
  if (looksPlain(value)) return { json: JSON.stringify(value), notes: NO_NOTES };
  const notes: Note[] = [];
  return { json: JSON.stringify(toPlain(value, notes)) ?? "null", notes };
}

/** A getter that throws is told with its place by the slow walk. */
function looksPlain(value: unknown): boolean {
  try {
    return isPlain(value, PLAIN_DEPTH);
  } catch {
    return false;
  }
}

function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      return value.isWellFormed();
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object":
      return value === null || (depth > 0 && isPlainObject(value, depth));
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return isPlainArray(value, depth);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const [key, member] of Object.entries(value)) {
    if (key === "toJSON" || !key.isWellFormed() || !isPlain(member, depth - 1)) return false;
  }
  return true;
}

function isPlainArray(value: object, depth: number): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (!isPlain(item, depth - 1)) return false;
  return true;
}
