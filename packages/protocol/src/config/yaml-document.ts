/** A config in YAML, parsed, with the place of everything in it. Loaded only when a file is YAML. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { type ConfigDocument, child, type Span, shortened } from "./document.ts";

/** Aliases may make a small text a huge value: nothing is read behind this many nodes. */
const MAX_NODES = 100_000;

export function parseYamlDocument(text: string): ConfigDocument {
  const document = parseDocument(text, { lineCounter: new LineCounter(), uniqueKeys: false, prettyErrors: false });
  const reader = new Reader(document);
  const value = reader.read(document.contents, "", null);
  const syntax = document.errors.map((error) => ({
    offset: error.pos[0],
    found: shortened(text.slice(error.pos[0], error.pos[1]).trim() || "the end of the line or file"),
    expected: "valid YAML",
    suggestion: error.message,
  }));
  return { text, value, spans: reader.spans, syntax, duplicates: reader.duplicates };
}

class Reader {
  readonly spans = new Map<string, Span>();
  readonly duplicates: { pointer: string; offset: number }[] = [];
  readonly #document: Document;
  #nodes = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  read(node: Node | null, pointer: string, key: number | null): unknown {
    this.#nodes += 1;
    if (node === null || this.#nodes > MAX_NODES) return null;
    const [start = 0, end = start] = node.range ?? [];
    if (!this.spans.has(pointer) || key !== null) this.spans.set(pointer, { key, start, end });
    if (isAlias(node)) return this.read(node.resolve(this.#document) ?? null, pointer, key);
    if (isSeq<Node>(node)) return node.items.map((item, i) => this.read(item, `${pointer}/${i}`, null));
    if (isMap<Node, Node | null>(node)) return this.#readMap(node.items, pointer);
    return isScalar(node) ? node.value : null;
  }

  #readMap(pairs: readonly Pair<Node, Node | null>[], pointer: string): unknown {
    const members = new Map<string, unknown>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const at = child(pointer, name);
      const offset = key.range?.[0] ?? 0;
      if (members.has(name)) this.duplicates.push({ pointer: at, offset });
      members.set(name, this.read(value, at, offset));
    }
    return Object.fromEntries(members);
  }
}
