import type { PointedError } from "@runagent/sdk";
import { expect, test } from "vitest";
import { freshDraft, readDraftText, writeDraft } from "../src/form/draft.ts";
import { fieldOf } from "../src/form/fields.ts";

/** The JSON that a schema's form gives for some JSON that was put into it; null: the form cannot show it. */
function round(schema: unknown, text: string): string | null {
  const field = fieldOf(schema);
  const draft = readDraftText(field, text);
  return draft === null ? null : writeDraft(field, draft, []);
}

function fresh(schema: unknown): { text: string | null; errors: PointedError[] } {
  const field = fieldOf(schema);
  const errors: PointedError[] = [];
  return { text: writeDraft(field, freshDraft(field), errors), errors };
}

const object = (properties: object, required: string[] = []): object => ({ type: "object", properties, required });

test("numbers keep every digit, also inside JSON fields", () => {
  expect(round(object({ n: { type: "integer" } }), '{"n":12345678901234567890}')).toBe('{"n":12345678901234567890}');
  expect(round(object({ any: {} }), '{"any":[1.10,{"a":1e400}]}')).toBe('{"any":[1.10,{"a":1e400}]}');
});

test("what is optional and empty is left out, what is required is sent", () => {
  const schema = object({ a: { type: "string" }, b: { type: "string" }, c: { type: "boolean" } }, ["a"]);
  expect(fresh(schema).text).toBe('{"a":""}');
});

test("presets of flags and choices stand there from the start; those of texts are the server's", () => {
  const schema = object({
    loud: { type: "boolean", default: true },
    size: { enum: ["s", "l"], default: "l" },
    name: { type: "string", default: "Ann" },
  });
  expect(fresh(schema).text).toBe('{"loud":true,"size":"l"}');
});

test("a number that is none is told at its pointer", () => {
  const schema = object({ "a/b": object({ n: { type: "number" } }, ["n"]) }, ["a/b"]);
  expect(fresh(schema).errors).toEqual([{ pointer: "/a~1b/n", detail: "a number is needed" }]);
});

test("references, also of a schema to itself, are followed as far as one looks", () => {
  const node = { ...object({ name: { type: "string" }, next: { $ref: "#/$defs/node" } }, ["name"]) };
  const schema = { $ref: "#/$defs/node", $defs: { node } };
  const text = '{"name":"a","next":{"name":"b","next":{"name":"c"}}}';
  expect(round(schema, text)).toBe(text);
  expect(fresh(schema).text).toBe('{"name":""}');
});

test("null beside a type, a union, and one of several shapes", () => {
  expect(round({ anyOf: [{ type: "integer" }, { type: "null" }] }, "null")).toBe("null");
  expect(round({ type: ["string", "null"] }, '"x"')).toBe('"x"');
  expect(round({ anyOf: [{ type: "string" }, { type: "array", items: { type: "integer" } }] }, "[1,2]")).toBe("[1,2]");
  expect(round({ type: ["string", "integer"] }, "3")).toBe("3");
});

test("parts that only say which members belong together leave the form as it is", () => {
  const schema = { ...object({ a: { type: "string" } }), anyOf: [{ required: ["a"] }, { required: ["b"] }] };
  expect(fieldOf(schema).kind).toBe("object");
});

test("allOf is laid over one another", () => {
  const schema = { allOf: [object({ a: { type: "string" } }, ["a"]), object({ b: { type: "boolean" } }, ["b"])] };
  expect(fresh(schema).text).toBe('{"a":"","b":false}');
});

test("a member that the form does not know is not dropped: the form cannot show it", () => {
  expect(round(object({ a: { type: "string" } }), '{"a":"x","b":1}')).toBeNull();
  expect(round(object({ a: { type: "string" } }), '{"a":1}')).toBeNull();
});

test("any schema has a form", () => {
  for (const schema of [true, false, {}, null, 7, { type: "object" }, { $ref: "elsewhere.json" }, { $ref: "#" }]) {
    expect(() => freshDraft(fieldOf(schema))).not.toThrow();
  }
  expect(round({}, '{"x":[true,null]}')).toBe('{"x":[true,null]}');
});
