/** `${NAME}` and `${NAME:-default}` in a config's texts; `$${NAME}` stays as `${NAME}`. */
import { child } from "./document.ts";

/** The value of a variable or secret. */
export type Lookup = (name: string) => string | undefined;

export interface Interpolated {
  readonly value: unknown;
  /** Names without value or default, and where they stand. */
  readonly unresolved: readonly { readonly pointer: string; readonly name: string }[];
}

const PLACEHOLDER = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
/** Prose: what looks like a placeholder there is none. */
const PROSE = new Set(["/description", "/$schema"]);

export const hasPlaceholder = (text: string): boolean => text.search(PLACEHOLDER) >= 0;

export function interpolate(value: unknown, lookup: Lookup): Interpolated {
  const unresolved: { pointer: string; name: string }[] = [];
  const walk = (part: unknown, pointer: string): unknown => {
    if (typeof part === "string") {
      if (PROSE.has(pointer)) return part;
      const { text, missing } = interpolateText(part, lookup);
      unresolved.push(...missing.map((name) => ({ pointer, name })));
      return text;
    }
    if (Array.isArray(part)) return part.map((item, i) => walk(item, child(pointer, i)));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, member]) => [key, walk(member, child(pointer, key))]));
  };
  return { value: walk(value, ""), unresolved };
}

/** A missing name stays as it is written. An empty value counts as none where there is a default, as in shells. */
export function interpolateText(text: string, lookup: Lookup): { text: string; missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(PLACEHOLDER, (whole, escaped: string, name: string, fallback: string | undefined) => {
    if (escaped !== "") return whole.slice(1);
    const value = lookup(name);
    if (fallback !== undefined) return value || fallback;
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: filled, missing };
}
