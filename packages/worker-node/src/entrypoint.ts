/** One entrypoint of the loaded agent: what it is (its description) and what is called. */
import type { EntrypointDescription, EntrypointSpec, EntrypointType } from "@runagent/protocol";
import type { Adapted } from "./adapters/adapter.ts";
import { givenMessages, PLAIN_CHAT_SCHEMA } from "./adapters/chat.ts";
import type { Frameworks } from "./adapters/frameworks.ts";
import { findInputSchema, type InputSchema } from "./input-schema.ts";
import { broken, type Callable, type Resolver, type Target } from "./resolve.ts";

export interface Entrypoint {
  readonly spec: EntrypointSpec;
  readonly target: Target;
  /** What the adapter made of an agent object; null: a function. */
  readonly agent: Adapted | null;
  readonly frameworks: Frameworks;
  readonly type: EntrypointType;
  readonly schema: InputSchema | null;
  readonly description: EntrypointDescription;
}

export interface EntrypointOptions {
  readonly exports: object;
  readonly resolver: Resolver;
  readonly frameworks: Frameworks;
  readonly concurrency: number | null;
  /** Read from the TypeScript types at build. */
  readonly schemas: { readonly input?: unknown; readonly output?: unknown } | undefined;
}

/** Code that awaits: so many runs share one process, unless the config says otherwise. A plain function has it alone. */
const AWAITING_SLOTS = 10;

/** Throws RunAgentError LOAD_FAILED. */
export async function makeEntrypoint(spec: EntrypointSpec, options: EntrypointOptions): Promise<Entrypoint> {
  const target = await options.resolver.resolve(options.exports, spec);
  const type = spec.type ?? typeOf(target, spec.tag);
  if (type === "batch" && target.kind === "function" && takesNothing(target.call)) {
    throw broken(spec, 'takes no parameter, but its type is "batch": it is called with the list');
  }
  if (spec.config_keys !== undefined && target.kind === "agent" && target.adapter.configKeys === undefined) {
    throw broken(spec, "has `config_keys`, which are for graphs of LangGraph and chains of LangChain");
  }
  const schema = target.kind === "function" ? schemaOf(spec, type, options) : null;
  const { frameworks } = options;
  const agent =
    target.kind === "agent" ? await target.adapter.adapt(target.object, { spec, verb: target.verb, frameworks }) : null;
  const description = describe({ spec, target, agent, type, schema, options });
  return { spec, target, agent, frameworks, type, schema, description };
}

/** What the config says wins. */
function schemaOf(spec: EntrypointSpec, type: EntrypointType, options: EntrypointOptions): InputSchema | null {
  if (spec.input === "chat" && type !== "batch") return { parse: givenMessages, jsonSchema: PLAIN_CHAT_SCHEMA };
  const name = spec.module.split(".").at(-1) ?? spec.tag;
  return findInputSchema(options.exports, [name, spec.tag]);
}

function describe(made: {
  spec: EntrypointSpec;
  target: Target;
  agent: Adapted | null;
  type: EntrypointType;
  schema: InputSchema | null;
  options: EntrypointOptions;
}): EntrypointDescription {
  const { spec, target, agent, type, schema, options } = made;
  const slots = options.concurrency ?? (awaits(target, type) ? AWAITING_SLOTS : 1);
  const common = { tag: spec.tag, type, slots, description: null, output_schema: options.schemas?.output ?? {} };
  if (target.kind === "agent" && agent !== null) {
    const { input, inputSchema: input_schema, outputSchema: output_schema = {}, streams, description = null } = agent;
    return { ...common, input, input_schema, output_schema, streams, description, adapter: target.adapter.name };
  }
  const input_schema = schema?.jsonSchema ?? options.schemas?.input ?? (type === "batch" ? { type: "array" } : {});
  const input = spec.input === "chat" && type !== "batch" ? "chat" : "object";
  return { ...common, input, input_schema, streams: type === "generic_stream", adapter: "none" };
}

/** Known from the function, as in Python: what a plain one returns is not known before it is called. */
function awaits(target: Target, type: EntrypointType): boolean {
  return target.kind === "agent" || type === "async" || /^Async/.test(kindOf(target.call));
}

/** `Function`, `AsyncFunction`, `GeneratorFunction` or `AsyncGeneratorFunction`. */
const kindOf = (call: Callable): string => String(Object.getPrototypeOf(call)?.constructor?.name);

/** `batch` is never inferred. */
function typeOf(target: Target, tag: string): EntrypointType {
  if (target.kind === "agent") return target.verb === "stream" || tag.endsWith("_stream") ? "generic_stream" : "async";
  const kind = kindOf(target.call);
  if (kind === "GeneratorFunction" || kind === "AsyncGeneratorFunction") return "generic_stream";
  if (tag.endsWith("_stream")) return "generic_stream";
  return kind === "AsyncFunction" ? "async" : "generic";
}

/** Known for sure: `length` alone does not count parameters with a default. */
function takesNothing(call: Callable): boolean {
  if (call.length > 0) return false;
  const source = Function.prototype.toString.call(call);
  return /^(async\s+)?(function\b)?\s*\*?\s*[\w$]*\s*\(\s*\)/.test(source);
}
