/**
 * The slow walk of leaving: turns any value into data that JSON.stringify writes as the rules say. Cycles are cut and NaN
 * and infinities become null, both with a note; what cannot be JSON is OUTPUT_NOT_JSON with its RFC 6901 pointer, never
 * a silent text.
 */
import { RunAgentError } from "@runagent/protocol";
import { rawNumber } from "./exact-json.ts";
import { kindOf } from "./leaving-kinds.ts";

export interface Note {
  readonly pointer: string;
  readonly text: string;
}

export function toPlain(value: unknown, notes: Note[]): unknown {
  return new Walk(notes).value(value, "", "");
}

class Walk {
  readonly #notes: Note[];
  readonly #open = new Set<object>();

  constructor(notes: Note[]) {
    this.#notes = notes;
  }

  value(value: unknown, pointer: string, key: string): unknown {
    switch (typeof value) {
      case "string":
        return value.toWellFormed();
      case "boolean":
        return value;
      case "number":
        return this.#number(value, pointer);
      case "bigint":
        return rawNumber(value.toString());
      case "undefined":
        return null;
      case "object":
        return value === null ? null : this.#object(value, pointer, key);
      default:
        return refuse(pointer, `a ${typeof value}`);
    }
  }

  #number(value: number, pointer: string): number | null {
    if (Number.isFinite(value)) return value;
    this.#note(pointer, `${value} is no JSON number: null`);
    return null;
  }

  #object(value: object, pointer: string, key: string): unknown {
    if (this.#open.has(value)) {
      this.#note(pointer, "refers to an object that holds it: cut, null");
      return null;
    }
    this.#open.add(value);
    const plain = this.#known(value, pointer, key);
    this.#open.delete(value);
    return plain;
  }

  #known(value: object, pointer: string, key: string): unknown {
    const kind = kindOf(value);
    switch (kind.kind) {
      case "list":
        return this.#list(kind.items, pointer);
      case "pairs":
        return this.#map(kind.map, pointer);
      case "value":
        return kind.value;
      case "date":
        return this.#date(kind.date, pointer);
      case "replaced":
        return this.#replaced(kind.value, { of: value, pointer, key });
      case "members":
        return this.#members(kind.members, pointer);
      case "refused":
        return refuse(pointer, kind.what);
    }
  }

  #list(items: Iterable<unknown>, pointer: string): unknown[] {
    const list: unknown[] = [];
    for (const item of items) list.push(this.value(item, `${pointer}/${list.length}`, String(list.length)));
    return list;
  }

  #map(map: ReadonlyMap<unknown, unknown>, pointer: string): unknown {
    const keys = [...map.keys()];
    if (!keys.every((key) => typeof key === "string")) return this.#list(map, pointer);
    return this.#members(
      keys.map((key) => [key, () => map.get(key)]),
      pointer,
    );
  }

  #date(date: Date, pointer: string): string | null {
    if (!Number.isNaN(date.getTime())) return date.toISOString();
    this.#note(pointer, "an invalid Date: null");
    return null;
  }

  #replaced(make: (key: string) => unknown, place: { of: object; pointer: string; key: string }): unknown {
    const replaced = attempt(() => make(place.key), place.pointer);
    if (replaced === place.of) return refuse(place.pointer, "an object whose toJSON returns itself");
    return this.value(replaced, place.pointer, place.key);
  }

  #members(members: readonly (readonly [string, () => unknown])[], pointer: string): Record<string, unknown> {
    // Without a prototype, `__proto__` is a member as any other.
    const plain: Record<string, unknown> = Object.create(null);
    for (const [name, read] of members) {
      const at = `${pointer}/${escapePointer(name.toWellFormed())}`;
      const value = attempt(read, at);
      if (value === undefined) continue;
      const key = name.toWellFormed();
      if (key in plain) refuse(at, "a second member with this name");
      plain[key] = this.value(value, at, name);
    }
    return plain;
  }

  #note(pointer: string, text: string): void {
    this.#notes.push({ pointer, text });
  }
}

function attempt(read: () => unknown, pointer: string): unknown {
  try {
    return read();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return refuse(pointer, `a value that cannot be read (${why})`, cause);
  }
}

function refuse(pointer: string, what: string, cause?: unknown): never {
  const detail = `${what} cannot be JSON`;
  const place = pointer === "" ? "the output" : pointer;
  throw new RunAgentError("OUTPUT_NOT_JSON", `${place}: ${detail}`, { errors: [{ pointer, detail }] }, { cause });
}

function escapePointer(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
