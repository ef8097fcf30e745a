/**
 * Checks a value against the config's schema and says everything that is wrong with it at once. Knows the keywords that
 * the schema uses, no more; written by hand for the sake of the messages.
 */
import { closest } from "./closest.ts";
import { child } from "./document.ts";
import { FORMATS } from "./formats.ts";
import { hasPlaceholder } from "./interpolate.ts";
import { type Findings, said } from "./problems.ts";

export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly if?: { readonly required: readonly string[] };
  readonly else?: { readonly required: readonly string[] };
  readonly minimum?: number;
  readonly format?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly deprecated?: boolean;
}

export function check(node: SchemaNode, value: unknown, at: { pointer: string; findings: Findings }): void {
  const { pointer, findings } = at;
  const branch = node.anyOf?.find((one) => hasType(one.type, value));
  if (branch !== undefined) {
    check(branch, value, at);
    return;
  }
  const types = node.anyOf?.flatMap((one) => one.type ?? []) ?? node.type;
  if (!hasType(types, value)) {
    findings.add({
      pointer,
      found: said(value),
      expected: expectedOf(node, types),
      suggestion: mendType(types, value),
    });
    return;
  }
  if (Array.isArray(value)) checkItems(node, value, at);
  else if (isObject(value)) checkMembers(node, value, at);
  else checkScalar(node, value, at);
}

function checkItems(node: SchemaNode, items: readonly unknown[], at: { pointer: string; findings: Findings }): void {
  const { items: schema } = node;
  if (schema === undefined) return;
  items.forEach((item, i) => {
    check(schema, item, { pointer: child(at.pointer, i), findings: at.findings });
  });
}

type Members = Readonly<Record<string, unknown>>;

function checkMembers(node: SchemaNode, value: Members, at: { pointer: string; findings: Findings }): void {
  for (const [key, member] of Object.entries(value)) {
    const pointer = child(at.pointer, key);
    const schema = Object.hasOwn(node.properties ?? {}, key) ? node.properties?.[key] : node.additionalProperties;
    if (schema === false) unknownKey(node, { key, pointer, findings: at.findings, present: Object.keys(value) });
    else if (typeof schema === "object") check(schema, member, { pointer, findings: at.findings });
  }
  checkRequired(node, value, at);
}

function checkRequired(node: SchemaNode, value: Members, at: { pointer: string; findings: Findings }): void {
  if (at.findings.broken) return;
  const conditional = node.if?.required.every((key) => key in value) ? [] : (node.else?.required ?? []);
  for (const key of [...(node.required ?? []), ...conditional]) {
    if (key in value) continue;
    const example = node.properties?.[key]?.examples?.[0];
    at.findings.add({
      pointer: child(at.pointer, key),
      found: "nothing",
      expected: `${JSON.stringify(key)}: ${expectedOf(node.properties?.[key] ?? {}, node.properties?.[key]?.type)}`,
      suggestion: example === undefined ? null : `Add ${JSON.stringify(key)}: ${JSON.stringify(example)}.`,
    });
  }
}

function unknownKey(
  node: SchemaNode,
  at: { key: string; pointer: string; findings: Findings; present: readonly string[] },
): void {
  const known = Object.entries(node.properties ?? {}).filter(([, one]) => one.deprecated !== true);
  const free = known.map(([key]) => key).filter((key) => !at.present.includes(key));
  const meant = closest(at.key, free);
  at.findings.add({
    pointer: at.pointer,
    found: `the unknown key ${JSON.stringify(at.key)}`,
    expected: `one of ${known.map(([key]) => key).join(", ")}`,
    suggestion: meant === undefined ? null : `Did you mean ${JSON.stringify(meant)}?`,
    severity: "warning",
    atKey: true,
  });
}

function checkScalar(node: SchemaNode, value: unknown, { pointer, findings }: { pointer: string; findings: Findings }) {
  if (typeof value === "string" && hasPlaceholder(value)) return;
  if (node.enum !== undefined && !node.enum.includes(value)) {
    const meant = closest(String(value), node.enum.map(String));
    const suggestion = meant === undefined ? null : `Did you mean ${JSON.stringify(meant)}?`;
    findings.add({ pointer, found: said(value), expected: expectedOf(node, node.type), suggestion });
  }
  if (typeof value === "number" && node.minimum !== undefined && value < node.minimum) {
    findings.add({ pointer, found: said(value), expected: expectedOf(node, node.type) });
  }
  const format = FORMATS[node.format ?? ""];
  const verdict = format?.check(String(value)) ?? true;
  if (format !== undefined && verdict !== true) {
    const suggestion = typeof verdict === "string" ? verdict : null;
    findings.add({ pointer, found: said(value), expected: format.expected, suggestion });
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

export function expectedOf(node: SchemaNode, types: SchemaNode["type"]): string {
  if (node.enum !== undefined) return `one of ${node.enum.map((one) => JSON.stringify(one)).join(", ")}`;
  const format = FORMATS[node.format ?? ""];
  if (format !== undefined) return format.expected;
  const names = [...new Set([types ?? []].flat())].map((type) => TYPE_NAMES[type] ?? type);
  const least = node.minimum === undefined ? "" : `, ${node.minimum} or more`;
  return names.join(" or ") + least;
}

function mendType(types: SchemaNode["type"], value: unknown): string | null {
  const wanted = [types ?? []].flat();
  if (wanted.includes("array") && !Array.isArray(value)) return "Put it in a list: [ … ].";
  if (typeof value === "string" && wanted.some((type) => hasType(type, looseValue(value))))
    return "Write it without quotes.";
  if (wanted.includes("string") && (typeof value === "number" || typeof value === "boolean")) {
    return `Write it as text: ${JSON.stringify(String(value))}.`;
  }
  return null;
}

function looseValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function hasType(types: SchemaNode["type"], value: unknown): boolean {
  if (types === undefined) return true;
  return [types].flat().some((type) => {
    if (type === "null") return value === null;
    if (type === "array") return Array.isArray(value);
    if (type === "object") return isObject(value);
    if (type === "integer") return Number.isSafeInteger(value);
    return type === "number" ? Number.isFinite(value) : typeof value === type;
  });
}
