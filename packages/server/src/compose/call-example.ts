/** What `serve` prints for each entrypoint: a curl line that works, with the least input that the schema takes. */
import type { AgentView } from "@runagent/protocol";

type Entrypoint = AgentView["entrypoints"][number];

export function callLines(url: string, agent: AgentView): string[] {
  return agent.entrypoints.map((one) => {
    const path = one.tag === agent.default ? agent.name : `${agent.name}/${one.tag}`;
    const stream = one.streams ? " -N -H 'Accept: text/event-stream'" : "";
    return `curl${stream} ${url}/v1/run/${path} -d '${quoted(JSON.stringify(exampleInput(one)))}'`;
  });
}

function exampleInput(one: Entrypoint): unknown {
  if (one.type === "batch") return [];
  if (one.input === "chat") return { messages: MESSAGES };
  return example(one.input_schema, 0) ?? {};
}

/** What every framework takes under that name. */
const MESSAGES = [{ role: "user", content: "Hello" }];

const DEEPEST = 4;

/** The least value of a schema: required members only. What the schema does not say is a text. */
function example(schema: unknown, depth: number): unknown {
  const root = record(schema);
  if (root.default !== undefined) return root.default;
  const examples = root.examples;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  const choices = root.enum ?? root.anyOf ?? root.oneOf;
  if (Array.isArray(choices)) return root.enum === undefined ? example(choices[0], depth + 1) : choices[0];
  if (root.const !== undefined) return root.const;
  return ofType(root, depth);
}

function ofType(schema: Readonly<Record<string, unknown>>, depth: number): unknown {
  switch (schema.type) {
    case "object":
    case undefined:
      return depth > DEEPEST ? {} : members(schema, depth);
    case "array":
      return [];
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "Hello";
  }
}

function members(schema: Readonly<Record<string, unknown>>, depth: number): unknown {
  const properties = record(schema.properties);
  const required = Array.isArray(schema.required) ? schema.required.filter((one) => typeof one === "string") : [];
  if (schema.type === undefined && required.length === 0 && depth > 0) return "Hello";
  const value = (name: string): unknown => (name === "messages" ? MESSAGES : example(properties[name], depth + 1));
  return Object.fromEntries(required.map((name) => [name, value(name)]));
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

const quoted = (text: string): string => text.replaceAll("'", "'\\''");
