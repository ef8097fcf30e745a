import { expect, test } from "vitest";
import { SchemaTypes } from "../../src/typed-client/schema-types.ts";

const typeOf = (schema: unknown): string => {
  const types = new SchemaTypes(new Set());
  types.declare("T", schema, "");
  return types.declarations.map((one) => one.replaceAll(/\s+/g, " ")).join(" ");
};

test.for([
  [{}, "unknown"],
  [true, "unknown"],
  [false, "never"],
  [{ type: "integer" }, "number"],
  [{ type: ["string", "null"] }, "(string | null)"],
  [{ enum: ["a", 1, null] }, '("a" | 1 | null)'],
  [{ const: "a" }, '"a"'],
  [{ type: "array", items: { type: "string" } }, "readonly string[]"],
  [{ type: "array", items: { type: ["string", "null"] } }, "readonly (string | null)[]"],
  [{ type: "array", prefixItems: [{ type: "string" }], items: false }, "readonly [string]"],
  [{ type: "object" }, "Readonly<Record<string, unknown>>"],
  [{ type: "object", additionalProperties: { type: "number" } }, "Readonly<Record<string, number>>"],
  [{ anyOf: [{ type: "string" }, { type: "number" }] }, "(string | number)"],
  [{ anyOf: [{ type: "string" }, {}] }, "unknown"],
  [
    { properties: { a: { type: "string" }, "b-c": {} }, required: ["a"] },
    '{ readonly a: string; readonly "b-c"?: unknown; }',
  ],
  [
    { allOf: [{ properties: { a: { type: "string" } } }, { properties: { b: { type: "number" } } }] },
    "({ readonly a?: string; } & { readonly b?: number; })",
  ],
] as const)("%j is %s", ([schema, text]) => {
  expect(typeOf(schema)).toBe(`export type T = ${text};`);
});

test("a schema may contain itself, by name or as a whole", () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
  expect(typeOf({ $ref: "#/$defs/Node", $defs: { Node: node } })).toBe(
    "export type TNode = { readonly next?: TNode; }; export type T = TNode;",
  );
  expect(typeOf({ type: "object", properties: { child: { $ref: "#" } } })).toBe(
    "export type T = { readonly child?: T; };",
  );
});

test("what another schema is called is not called so again, and a comment never ends early", () => {
  const types = new SchemaTypes(new Set(["Tag"]));
  expect(types.declare("Tag", {}, "ends */ here")).toBe("Tag2");
  expect(types.declarations).toEqual(["/** ends *\\/ here */\nexport type Tag2 = unknown;"]);
});
