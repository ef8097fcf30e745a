/**
 * Imports the agent and describes it. Every broken entrypoint is told, together; what an import threw is told with the
 * user's own frames. Nothing here answers callers.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type AgentSpec, type Description, RunAgentError } from "@runagent/protocol";
import { Frameworks } from "./adapters/frameworks.ts";
import { closest } from "./closest.ts";
import { type Entrypoint, makeEntrypoint } from "./entrypoint.ts";
import { enterLifespan, type Lifespan } from "./lifespan.ts";
import { messageOf } from "./problems.ts";
import { Resolver, settledExports } from "./resolve.ts";
import { tracebackOf } from "./stack.ts";

export interface Agent {
  readonly entrypoints: ReadonlyMap<string, Entrypoint>;
  readonly description: Description;
  readonly secrets: Readonly<Record<string, string>>;
  readonly lifespan: Lifespan | null;
}

/** Throws RunAgentError LOAD_FAILED. */
export async function loadAgent(spec: AgentSpec): Promise<Agent> {
  const started = performance.now();
  process.chdir(spec.root);
  const modules = new Modules(spec);
  const entrypoints = await makeEntrypoints(spec, modules);
  const lifespan = spec.lifespan === null ? null : await enterLifespan(spec.lifespan, (file) => modules.load(file));
  const description = {
    entrypoints: entrypoints.map((one) => one.description),
    files: modules.files,
    fork: null,
    notes: entrypoints.flatMap((one) => one.agent?.notes ?? []),
    import_ms: Math.round(performance.now() - started),
  };
  return {
    entrypoints: new Map(entrypoints.map((one) => [one.spec.tag, one])),
    description,
    secrets: secretsOf(spec.secrets),
    lifespan,
  };
}

async function makeEntrypoints(spec: AgentSpec, modules: Modules): Promise<readonly Entrypoint[]> {
  const resolver = new Resolver();
  const frameworks = new Frameworks(spec.bundle?.frameworks ?? null);
  const made: Entrypoint[] = [];
  const problems: RunAgentError[] = [];
  for (const one of spec.entrypoints) {
    try {
      const exports = await modules.load(one.file);
      const schemas = spec.schemas?.[one.tag];
      made.push(await makeEntrypoint(one, { exports, resolver, frameworks, concurrency: spec.concurrency, schemas }));
    } catch (error) {
      problems.push(loadError(error, { root: spec.root, file: one.file }));
    }
  }
  if (problems.length > 0) throw together(problems, modules.files);
  return made;
}

class Modules {
  readonly #spec: AgentSpec;
  readonly #loaded = new Map<string, Promise<object>>();

  constructor(spec: AgentSpec) {
    this.#spec = spec;
  }

  get files(): readonly string[] {
    return [...this.#loaded.keys()].map((file) => join(this.#spec.root, file));
  }

  load(file: string): Promise<object> {
    const known = this.#loaded.get(file);
    if (known !== undefined) return known;
    const loading = this.#import(file);
    this.#loaded.set(file, loading);
    return loading;
  }

  async #import(file: string): Promise<object> {
    const path = this.#spec.bundle?.files[file] ?? join(this.#spec.root, file);
    if (!existsSync(path)) throw missingFile(this.#spec.root, file);
    const exports: object = await import(pathToFileURL(path).href);
    return settledExports(exports);
  }
}

function missingFile(root: string, file: string): RunAgentError {
  const folder = dirname(join(root, file));
  const near = existsSync(folder) ? closest(file, readdirSync(folder)) : null;
  const hint = near === null ? "" : `; did you mean "${near}"?`;
  return new RunAgentError("LOAD_FAILED", `there is no file "${file}"${hint}`, { missing: [join(root, file)] });
}

function loadError(thrown: unknown, place: { root: string; file: string }): RunAgentError {
  if (thrown instanceof RunAgentError) return thrown;
  const name = missingPackage(thrown);
  const found = tracebackOf(thrown);
  const traceback = found === undefined ? {} : { traceback: found };
  if (name !== null) {
    const hint = `Install it: ${installCommand(place.root)} ${name}`;
    const missing = [join(place.root, "node_modules", name, "package.json")];
    return new RunAgentError("LOAD_FAILED", `the package "${name}" is not installed`, { hint, missing, ...traceback });
  }
  const type = thrown instanceof Error ? `${thrown.name}: ` : "";
  return new RunAgentError("LOAD_FAILED", `${place.file}: ${type}${messageOf(thrown)}`, traceback);
}

/** Node names it in words only: `Cannot find package 'x' imported from …`, `Cannot find module 'x'`. */
function missingPackage(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !("code" in thrown)) return null;
  if (thrown.code !== "ERR_MODULE_NOT_FOUND" && thrown.code !== "MODULE_NOT_FOUND") return null;
  const specifier = /Cannot find (?:package|module) '([^']+)'/.exec(thrown.message)?.[1] ?? "";
  if (specifier === "" || /^[./]|^file:/.test(specifier)) return null;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function installCommand(root: string): string {
  if (existsSync(join(root, "pnpm-lock.yaml"))) return "pnpm add";
  return existsSync(join(root, "yarn.lock")) ? "yarn add" : "npm install";
}

function together(problems: readonly RunAgentError[], files: readonly string[]): RunAgentError {
  const different = [...new Map(problems.map((one) => [one.message, one])).values()];
  const first = different[0];
  const details = {
    ...(first?.problem ?? {}),
    files,
    missing: different.flatMap((one) => listOf(one.problem.missing)),
  };
  const detail = different.map((one) => one.message).join("\n");
  return new RunAgentError("LOAD_FAILED", detail, { ...details, detail }, { cause: undefined });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function secretsOf(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? ""]).filter(([, value]) => value !== ""));
}
