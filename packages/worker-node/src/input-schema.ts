/**
 * A Standard Schema (zod, valibot, arktype …) that the agent's file exports as `<name>Input`: validates what callers send
 * and gives its JSON Schema where the library can. The library is never imported by us.
 */
import { type PointedError, RunAgentError } from "@runagent/protocol";

export interface InputSchema {
  /** Gives the parsed input, or throws RunAgentError INVALID_INPUT. */
  parse(input: unknown): unknown | Promise<unknown>;
  readonly jsonSchema: unknown;
}

/** `names`: of the function and the tag; the first export that is a schema wins. */
export function findInputSchema(exports: object, names: readonly string[]): InputSchema | null {
  for (const name of names) {
    const schema: unknown = Reflect.get(exports, `${name}Input`);
    const standard = get(schema, "~standard");
    const validate = get(standard, "validate");
    if (typeof validate !== "function") continue;
    const parse = (input: unknown) => settle(Reflect.apply(validate, standard, [input]));
    return { parse, jsonSchema: jsonSchemaOf(schema, standard) };
  }
  return null;
}

function settle(result: unknown): unknown {
  return result instanceof Promise ? result.then(accepted) : accepted(result);
}

function accepted(result: unknown): unknown {
  const issues = get(result, "issues");
  if (!Array.isArray(issues)) return get(result, "value");
  const errors = issues.map(pointed);
  const detail = errors.map((one) => `${one.pointer === "" ? "the input" : one.pointer}: ${one.detail}`).join("; ");
  throw new RunAgentError("INVALID_INPUT", detail, { errors });
}

function pointed(issue: unknown): PointedError {
  const path = get(issue, "path");
  const keys = Array.isArray(path) ? path.map((one: unknown) => get(one, "key") ?? one) : [];
  const pointer = keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  return { pointer, detail: String(get(issue, "message") ?? "invalid") };
}

/** By the Standard JSON Schema interface, else by the schema's own method (zod 4, arktype). */
function jsonSchemaOf(schema: unknown, standard: unknown): unknown {
  const options = { target: "draft-2020-12", io: "input", unrepresentable: "any" };
  const converter = get(standard, "jsonSchema");
  return (
    attempt(get(converter, "input"), converter, options) ??
    attempt(get(schema, "toJSONSchema"), schema, options) ??
    attempt(get(schema, "toJsonSchema"), schema, options) ??
    null
  );
}

function attempt(method: unknown, self: unknown, options: object): unknown {
  if (typeof method !== "function") return undefined;
  try {
    return Reflect.apply(method, self, [options]);
  } catch {
    return undefined; // a schema that JSON Schema cannot say: the validator alone decides
  }
}

function get(value: unknown, name: string): unknown {
  return (typeof value === "object" || typeof value === "function") && value !== null
    ? Reflect.get(value, name)
    : undefined;
}
