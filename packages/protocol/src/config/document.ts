/**
 * A config's text, parsed, with the place of everything in it. JSON with comments here, YAML in `yaml-document.ts`; what
 * follows sees no difference. A text that is broken still gives what could be read of it.
 */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

export interface Span {
  /** Where the key stands; null for items and the whole. */
  readonly key: number | null;
  readonly start: number;
  readonly end: number;
}

export interface SyntaxProblem {
  readonly offset: number;
  readonly found: string;
  readonly expected: string;
  readonly suggestion: string | null;
}

export interface ConfigDocument {
  readonly text: string;
  /** `undefined`: nothing could be read. */
  readonly value: unknown;
  /** By JSON pointer. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly syntax: readonly SyntaxProblem[];
  /** Keys that stand twice in one object; the last counts. */
  readonly duplicates: readonly { readonly pointer: string; readonly offset: number }[];
}

export function parseJsonDocument(text: string): ConfigDocument {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const spans = new Map<string, Span>();
  const duplicates: { pointer: string; offset: number }[] = [];
  const read = (node: Node, pointer: string, key: number | null): unknown => {
    spans.set(pointer, { key, start: node.offset, end: node.offset + node.length });
    if (node.type === "array") return (node.children ?? []).map((item, i) => read(item, `${pointer}/${i}`, null));
    if (node.type === "object") return readObject(node, pointer);
    return node.value;
  };
  const readObject = (node: Node, pointer: string): unknown => {
    const members = new Map<string, unknown>();
    for (const property of node.children ?? []) {
      const [name, value] = property.children ?? [];
      if (name === undefined || value === undefined) continue;
      const key = String(name.value);
      const at = child(pointer, key);
      if (members.has(key)) duplicates.push({ pointer: at, offset: name.offset });
      members.set(key, read(value, at, name.offset));
    }
    return Object.fromEntries(members);
  };
  const value = tree === undefined ? undefined : read(tree, "", null);
  return { text, value, spans, syntax: errors.map((error) => explain(text, error)), duplicates };
}

export const child = (pointer: string, key: string | number): string =>
  `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: "a value: text in double quotes, a number, true, false, null, a list or an object",
  InvalidNumberFormat: "a number",
  PropertyNameExpected: "a key in double quotes",
  ValueExpected: "a value",
  ColonExpected: '":" after the key',
  CommaExpected: '"," before the next one',
  CloseBraceExpected: '"}"',
  CloseBracketExpected: '"]"',
  EndOfFileExpected: "the end of the file",
  InvalidCommentToken: "a comment that begins with // or /*",
  UnexpectedEndOfComment: "*/ at the end of the comment",
  UnexpectedEndOfString: "a double quote at the end of the text, on the same line",
  UnexpectedEndOfNumber: "the rest of the number",
  InvalidUnicode: "four hexadecimal digits after \\u",
  InvalidEscapeCharacter: 'one of " \\ / b f n r t u after a backslash',
  InvalidCharacter: "no control characters in text",
};

function explain(text: string, error: ParseError): SyntaxProblem {
  const code = printParseErrorCode(error.error);
  const token = text.slice(error.offset, error.offset + Math.max(1, error.length));
  return {
    offset: error.offset,
    found: token.trim() === "" ? "the end of the line or file" : shortened(token),
    expected: EXPECTED[code] ?? "valid JSON",
    suggestion: token.startsWith("'") ? "Use double quotes." : null,
  };
}

const SHOWN = 60;

export const shortened = (text: string): string => (text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);
