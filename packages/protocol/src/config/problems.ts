/** What is wrong with a config: each with its place, what was found, what was expected, and what to do. */
import { type ConfigDocument, shortened } from "./document.ts";

export interface ConfigProblem {
  /** As it was asked for, e.g. `runagent.config.json`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in characters. */
  readonly column: number;
  /** RFC 6901; the whole is `""`. */
  readonly pointer: string;
  readonly found: string;
  readonly expected: string;
  readonly suggestion: string | null;
  readonly severity: "error" | "warning";
}

export interface Finding {
  readonly pointer: string;
  readonly found: string;
  readonly expected: string;
  readonly suggestion?: string | null;
  readonly severity?: "error" | "warning";
  /** Point at the key, not at the value. */
  readonly atKey?: boolean;
}

/** Collects findings about one document, in any order; `sorted` gives them as they stand in the file. */
export class Findings {
  readonly #document: ConfigDocument;
  readonly #file: string;
  readonly #found: ConfigProblem[] = [];

  constructor(document: ConfigDocument, file: string) {
    this.#document = document;
    this.#file = file;
  }

  add(finding: Finding): void {
    const span = this.#document.spans.get(finding.pointer) ?? this.#nearest(finding.pointer);
    this.addAt(finding.atKey ? (span.key ?? span.start) : span.start, finding);
  }

  addAt(offset: number, { pointer, found, expected, suggestion = null, severity = "error" }: Finding): void {
    const { line, column } = position(this.#document.text, offset);
    this.#found.push({ file: this.#file, line, column, pointer, found, expected, suggestion, severity });
  }

  /** `runagent.config.json:12`. */
  place(pointer: string): string {
    return `${this.#file}:${position(this.#document.text, this.#nearest(pointer).start).line}`;
  }

  /** The text has syntax errors: what seems to be missing may only not have been read. */
  get broken(): boolean {
    return this.#document.syntax.length > 0;
  }

  get failed(): boolean {
    return this.#found.some((problem) => problem.severity === "error");
  }

  sorted(): ConfigProblem[] {
    return this.#found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }

  /** The span of the value, or of the nearest one around it. */
  #nearest(pointer: string): { key: number | null; start: number } {
    for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
      const span = this.#document.spans.get(at);
      if (span !== undefined) return span;
    }
    return this.#document.spans.get("") ?? { key: null, start: 0 };
  }
}

/** A value as a person would say it. */
export function said(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  return shortened(JSON.stringify(value));
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
