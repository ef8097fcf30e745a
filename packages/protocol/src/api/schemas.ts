/** Pieces of JSON Schema that the views are made of. */
export const string = { type: "string" } as const;
export const nullable = { type: ["string", "null"] } as const;
export const count = { type: "integer", minimum: 0 } as const;
export const time = { type: "string", format: "date-time" } as const;
export const any = { description: "any JSON" } as const;
export const strings = { type: "array", items: string } as const;

export const object = (properties: Readonly<Record<string, unknown>>, optional: readonly string[] = []) => ({
  type: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const page = (name: string) => object({ items: { type: "array", items: ref(name) }, next: nullable });
