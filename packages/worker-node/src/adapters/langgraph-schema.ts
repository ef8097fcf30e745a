/** What a graph takes, as JSON Schema: its state has no types at run time, so the names of its channels. */
import { isObject, read } from "./read.ts";

const MESSAGES = { type: ["array", "object", "string"], description: "messages: `{role, content}`" } as const;

export function graphSchema(graph: object): object {
  const builder = read(graph, "builder");
  const input = read(builder, "_inputDefinition") ?? read(builder, "_schemaDefinition");
  if (!isObject(input)) return {};
  const names = Object.keys(input).filter((name) => name !== "__root__");
  if (names.length === 0) return {};
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, name === "messages" ? MESSAGES : {}])),
  };
}
