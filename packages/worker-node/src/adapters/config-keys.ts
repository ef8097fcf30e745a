/**
 * Keys of the body that an entrypoint's config lets callers set in `configurable` of LangGraph.js and LangChain.js. The
 * config refuses the names that decide whose state a run goes on with. Nothing else of the body reaches a config.
 */
import { type EntrypointSpec, RunAgentError } from "@runagent/protocol";
import { isObject, read } from "./read.ts";

export class ConfigKeys {
  readonly #names: readonly string[];

  /** `own`: the schema of the input without them. Throws RunAgentError LOAD_FAILED when both have one name. */
  constructor({ module, config_keys = [] }: EntrypointSpec, own: unknown) {
    this.#names = config_keys;
    const properties = Object(read(own, "properties"));
    const both = config_keys.filter((name) => Object.hasOwn(properties, name));
    if (both.length === 0) return;
    const hint = "Take it out of `config_keys`, or name it otherwise in the graph or chain.";
    const detail = `${module}: ${both.join(", ")} of \`config_keys\` is a key of its input`;
    throw new RunAgentError("LOAD_FAILED", detail, { hint });
  }

  /** The input without them, and what they say. */
  of(input: unknown): { readonly given: unknown; readonly said: object } {
    if (this.#names.length === 0 || !isObject(input) || Array.isArray(input)) return { given: input, said: {} };
    const members = Object.entries(input);
    return {
      given: Object.fromEntries(members.filter(([name]) => !this.#names.includes(name))),
      said: Object.fromEntries(members.filter(([name]) => this.#names.includes(name))),
    };
  }

  /** Of the whole body, where its members are told one by one. */
  schema(own: object): object {
    const properties = read(own, "properties");
    if (this.#names.length === 0 || !isObject(properties)) return own;
    return { ...own, properties: { ...properties, ...Object.fromEntries(this.#names.map((name) => [name, {}])) } };
  }
}
