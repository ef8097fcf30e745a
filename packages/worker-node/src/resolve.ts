/**
 * From `module` of the config to what is called: a function, a method that keeps its `this`, or an agent object that an
 * adapter knows. One instance per class and worker. What cannot be found suggests the nearest names.
 */
import { RunAgentError } from "@runagent/protocol";
import type { Adapter } from "./adapters/adapter.ts";
import { adapterFor } from "./adapters/index.ts";
import { closest } from "./closest.ts";

export type Callable = (...args: unknown[]) => unknown;

export type Target =
  | { readonly kind: "function"; readonly call: Callable; readonly self: unknown }
  | { readonly kind: "agent"; readonly object: object; readonly adapter: Adapter; readonly verb: string | null };

export interface Named {
  readonly file: string;
  readonly module: string;
  readonly adapter?: string;
  readonly type?: string;
}

export class Resolver {
  readonly #instances = new Map<Callable, Promise<unknown>>();

  /** Throws RunAgentError LOAD_FAILED. */
  async resolve(exports: object, named: Named): Promise<Target> {
    let self: unknown;
    let value: unknown = exports;
    const names = named.module.split(".");
    for (const [at, name] of names.entries()) {
      const owner = await this.#owner(value, name, { named, path: names.slice(0, at).join(".") });
      const rest = names.slice(at);
      const adapter = adapterFor(owner, named.adapter);
      if (adapter !== null && rest.length === 1 && adapter.verbs.includes(name)) {
        return { kind: "agent", object: asObject(owner), adapter, verb: name };
      }
      self = at === 0 ? undefined : owner;
      const inner: unknown = adapter?.member?.(asObject(owner), name);
      value = inner ?? (await member(owner, name, { named, top: at === 0 }));
      if (at > 0 && adapter !== null && isCallable(value))
        refuseMethod(adapter, { named, name, owner: names.slice(0, at).join(".") });
    }
    return this.#target(value, self, named);
  }

  #target(value: unknown, self: unknown, named: Named): Target {
    const adapter = adapterFor(value, named.adapter);
    if (adapter !== null) return { kind: "agent", object: asObject(value), adapter, verb: null };
    if (!isCallable(value)) throw broken(named, `is ${article(value)}, nothing that can be called`);
    if (isClass(value)) throw broken(named, `is a class: name a method of it, as in "${named.module}.run"`);
    return { kind: "function", call: value, self };
  }

  /** What a name is looked for in: of a class its instance, except for static members. */
  async #owner(value: unknown, name: string, place: { named: Named; path: string }): Promise<unknown> {
    if (!isCallable(value) || !isClass(value) || Reflect.has(value, name)) return value;
    const known = this.#instances.get(value);
    if (known !== undefined) return known;
    if (value.length > 0) {
      const detail = `is a method of ${place.path}, whose constructor needs ${value.length} argument(s): export an instance, as in "export const agent = new ${place.path}(…)", and name "agent.${name}"`;
      throw broken(place.named, detail);
    }
    const instance = Promise.resolve(Reflect.construct(value, []));
    this.#instances.set(value, instance);
    return instance;
  }
}

async function member(owner: unknown, name: string, place: { named: Named; top: boolean }): Promise<unknown> {
  if (has(owner, name)) return Reflect.get(owner, name);
  const fallback: unknown = place.top && has(owner, "default") ? Reflect.get(owner, "default") : undefined;
  if (has(fallback, name)) return Reflect.get(fallback, name);
  const near = closest(name, [...namesOf(owner), ...namesOf(fallback)]);
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  const where = place.top ? `${place.named.file} exports no "${name}"` : `there is no "${name}"`;
  throw broken(place.named, `cannot be found: ${where}${hint}`);
}

/** Of an agent object only its verbs are called: another method may take configuration, and the input is the caller's. */
function refuseMethod(adapter: Adapter, place: { named: Named; name: string; owner: string }): void {
  if (place.named.type === "batch") return; // a list is no configuration
  const ways = [place.owner, ...adapter.verbs.map((verb) => `${place.owner}.${verb}`)].map((way) => `"${way}"`);
  const hint = `Name ${ways.join(" or ")}; or a function of your own around ${place.name}.`;
  const { file, module } = place.named;
  throw new RunAgentError("LOAD_FAILED", `${file}: "${module}" is a method of ${adapter.name} that no adapter calls`, {
    hint,
  });
}

/** Promises of agents are awaited: `export const agent = create()`. */
export async function settledExports(exports: object): Promise<object> {
  const settled: Record<string, unknown> = {};
  for (const name of Object.keys(exports)) settled[name] = await Reflect.get(exports, name);
  return settled;
}

function has(value: unknown, name: string): value is object {
  return (typeof value === "object" || typeof value === "function") && value !== null && name in value;
}

function namesOf(value: unknown): string[] {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return [];
  const own = Object.getOwnPropertyNames(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const inherited = typeof prototype === "object" && prototype !== null ? Object.getOwnPropertyNames(prototype) : [];
  return [...own, ...inherited].filter((name) => !["constructor", "length", "name", "prototype"].includes(name));
}

function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

function isClass(value: Callable): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function asObject(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError("an adapter recognised what is no object");
}

function article(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a ${typeof value}`.replace("a object", "an object");
}

export function broken(named: Named, what: string): RunAgentError {
  return new RunAgentError("LOAD_FAILED", `${named.file}: "${named.module}" ${what}`);
}
