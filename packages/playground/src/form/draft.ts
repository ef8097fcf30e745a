/**
 * What stands in a form: texts as they were typed, so that a number keeps every digit and half a number is no number yet.
 * `writeDraft` gives the JSON or says where it is none; `readDraft` is the way back.
 */
import type { PointedError } from "@runagent/sdk";
import { isJson, isRecord, jsonFault } from "../parts/json.ts";
import type { Field } from "./fields.ts";

export type Draft =
  | { readonly kind: "leaf"; readonly text: string }
  | { readonly kind: "object"; readonly members: Readonly<Record<string, Draft | undefined>> }
  | { readonly kind: "list"; readonly items: readonly Draft[] }
  | { readonly kind: "variant"; readonly chosen: number; readonly draft: Draft }
  | { readonly kind: "null" };

const leaf = (text: string): Draft => ({ kind: "leaf", text });

/** The form as it is before anybody types: presets, required parts, nothing else. */
export function freshDraft(field: Field): Draft {
  const preset = field.preset === null ? null : readDraft(field, JSON.parse(field.preset));
  if (preset !== null) return preset;
  switch (field.kind) {
    case "object":
      return {
        kind: "object",
        members: Object.fromEntries(field.members.filter(opens).map((one) => [one.name, freshDraft(one.field())])),
      };
    case "list":
      return { kind: "list", items: [] };
    case "variants":
      return { kind: "variant", chosen: 0, draft: chosen(field, 0) };
    case "boolean":
      return leaf("false");
    case "choice":
      return leaf(field.values[0]?.text ?? "");
    case "text":
    case "number":
    case "json":
      return leaf("");
  }
}

/** Required parts stand open, and so do presets: the rest is added when it is wanted. */
function opens({ required, field }: { readonly required: boolean; readonly field: () => Field }): boolean {
  if (required) return true;
  const { kind, preset } = field();
  return preset !== null && preset !== "null" && (kind === "boolean" || kind === "choice");
}

export const chosen = (field: Extract<Field, { kind: "variants" }>, index: number): Draft => {
  const variant = field.variants[index]?.field();
  return variant === undefined ? leaf("") : freshDraft(variant);
};

/** JSON text; null where errors were added. */
export function writeDraft(field: Field, draft: Draft, errors: PointedError[], pointer = ""): string | null {
  if (draft.kind === "null") return "null";
  if (field.kind === "object" && draft.kind === "object") return writeObject(field, draft.members, errors, pointer);
  if (field.kind === "list" && draft.kind === "list") {
    const item = field.item();
    const items = draft.items.map((one, index) => writeDraft(item, one, errors, `${pointer}/${index}`));
    return `[${items.join(",")}]`;
  }
  if (field.kind === "variants" && draft.kind === "variant") {
    const variant = field.variants[draft.chosen]?.field();
    return variant === undefined ? null : writeDraft(variant, draft.draft, errors, pointer);
  }
  return draft.kind === "leaf" ? writeLeaf(field, draft.text, errors, pointer) : null;
}

function writeObject(
  field: Extract<Field, { kind: "object" }>,
  drafts: Readonly<Record<string, Draft | undefined>>,
  errors: PointedError[],
  pointer: string,
): string {
  const members = field.members.flatMap(({ name, required, field: of }) => {
    const draft = drafts[name];
    const inner = of();
    if (draft === undefined || (!required && isEmpty(inner, draft))) return [];
    const text = writeDraft(inner, draft, errors, `${pointer}/${escaped(name)}`);
    return text === null ? [] : [`${JSON.stringify(name)}:${text}`];
  });
  return `{${members.join(",")}}`;
}

export const escaped = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

/** An optional field that nobody typed into is left out. */
const isEmpty = (field: Field, draft: Draft): boolean =>
  draft.kind === "leaf" && draft.text === "" && field.kind !== "boolean";

function writeLeaf(field: Field, text: string, errors: PointedError[], pointer: string): string | null {
  if (field.kind === "text") return text === "" && field.nullable ? "null" : JSON.stringify(text);
  if (text.trim() === "" && field.nullable) return "null";
  if (field.kind === "number" && !/^\s*-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?\s*$/.test(text)) {
    errors.push({
      pointer,
      detail: text.trim() === "" ? "a number is needed" : `${JSON.stringify(text)} is no number`,
    });
    return null;
  }
  const fault = jsonFault(text);
  if (fault === null) return text.trim();
  errors.push({ pointer, detail: text.trim() === "" ? "a value is needed" : `this is no JSON: ${fault}` });
  return null;
}

/** A parsed value as a draft; null when the form cannot show it. Numbers keep their text where the engine tells it. */
export function readDraft(field: Field, value: unknown): Draft | null {
  if (value === null && field.nullable) return { kind: "null" };
  switch (field.kind) {
    case "text":
      return typeof value === "string" ? leaf(value) : null;
    case "number":
      if (value instanceof NumberText) return leaf(value.text);
      return typeof value === "number" ? leaf(String(value)) : null;
    case "boolean":
      return typeof value === "boolean" ? leaf(String(value)) : null;
    case "choice": {
      const text = exactText(value);
      return field.values.some((one) => one.text === text) ? leaf(text) : null;
    }
    case "list": {
      if (!Array.isArray(value)) return null;
      const item = field.item();
      const items = value.map((one) => readDraft(item, one));
      return items.every((one) => one !== null) ? { kind: "list", items } : null;
    }
    case "object":
      return readObject(field, value);
    case "variants":
      return readVariant(field, value);
    case "json":
      return leaf(exactText(value));
  }
}

function readObject(field: Extract<Field, { kind: "object" }>, value: unknown): Draft | null {
  if (!isRecord(value) || value instanceof NumberText) return null;
  const members: Record<string, Draft> = {};
  for (const [name, one] of Object.entries(value)) {
    const member = field.members.find((known) => known.name === name);
    const draft = member === undefined ? null : readDraft(member.field(), one);
    if (draft === null) return null;
    members[name] = draft;
  }
  return { kind: "object", members };
}

function readVariant(field: Extract<Field, { kind: "variants" }>, value: unknown): Draft | null {
  for (const [index, variant] of field.variants.entries()) {
    const draft = readDraft(variant.field(), value);
    if (draft !== null) return { kind: "variant", chosen: index, draft };
  }
  return null;
}

/** A number of parsed JSON, as it was written. */
class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON text as a draft; null when it is no JSON or not what the form shows. */
export function readDraftText(field: Field, text: string): Draft | null {
  if (!isJson(text)) return null;
  return readDraft(field, JSON.parse(text, keepNumber));
}

/** Engines tell the text of a number since 2023; older ones give what they have read. */
function keepNumber(this: unknown, _name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === "number" && context?.source !== undefined ? new NumberText(context.source) : value;
}

function exactText(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(exactText).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${exactText(one)}`)
    .join(",")}}`;
}
