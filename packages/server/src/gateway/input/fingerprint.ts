/**
 * What makes two calls the same under one Idempotency-Key: the tag and the body as JSON. The order of members and white
 * space do not count; numbers count as they are written, since parsing would make different large integers equal.
 */
import { hash } from "node:crypto";
import type { JsonText } from "@runagent/protocol";

/** `parts` are JSON texts, well-formed. */
export function fingerprint(tag: string, parts: readonly JsonText[]): string {
  const canonical = parts.map((part) => new Canonical(part).value());
  return hash("sha256", [JSON.stringify(tag), ...canonical].join("\n"));
}

/** One pass over well-formed JSON text; its depth was bounded when it came in. */
class Canonical {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): string {
    this.#space();
    switch (this.#text[this.#at]) {
      case "{":
        return this.#object();
      case "[":
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): string {
    const members = new Map<string, string>();
    while (this.#hasNext("}")) {
      const name = this.#string();
      this.#space();
      this.#at += 1; // the colon
      members.set(name, this.value());
    }
    const names = [...members.keys()].sort();
    return `{${names.map((name) => `${name}:${members.get(name)}`).join(",")}}`;
  }

  #array(): string {
    const items: string[] = [];
    while (this.#hasNext("]")) items.push(this.value());
    return `[${items.join(",")}]`;
  }

  /** Steps over the opening bracket or a comma; over the closing bracket, then there is no next. */
  #hasNext(close: string): boolean {
    this.#space();
    const c = this.#text[this.#at];
    if (c === close) {
      this.#at += 1;
      return false;
    }
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  #string(): string {
    let end = this.#text.indexOf('"', this.#at + 1);
    while (this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    const raw = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    return raw.includes("\\") ? JSON.stringify(JSON.parse(raw)) : raw;
  }

  #isEscaped(at: number): boolean {
    let slashes = 0;
    while (this.#text[at - 1 - slashes] === "\\") slashes += 1;
    return slashes % 2 === 1;
  }

  #scalar(): string {
    SCALAR.lastIndex = this.#at;
    const raw = SCALAR.exec(this.#text)?.[0] ?? "";
    this.#at += raw.length;
    return raw;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }
}

const SCALAR = /[^\s,\]}]+/y;
const SPACE = /[ \t\r\n]*/y;
