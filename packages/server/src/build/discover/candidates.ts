/**
 * What in a project could be served, in the order of its files: agent objects, classes and functions that make one,
 * and functions around one. Nothing is chosen here.
 */
import { stemOf } from "./candidate-files.ts";
import { FRAMEWORKS, type Framework, frameworkOf, frameworkOfPackage } from "./frameworks.ts";
import { Origins } from "./origin.ts";
import type { ClassOutline, Definition, FunctionOutline, Outline } from "./outline.ts";
import type { Project } from "./project.ts";

/** `object` and `class` are agents; `factory` makes one; `function` was seen talking to a model; `named`: only its name says so. */
export type CandidateKind = "object" | "class" | "factory" | "function" | "named";

export interface Candidate {
  readonly file: string;
  /** The name at the file's top level. */
  readonly name: string;
  /** What a config would name: `crew`, `SupportCrew.crew`. */
  readonly module: string;
  readonly line: number;
  readonly kind: CandidateKind;
  readonly framework: Framework | null;
  readonly type: "generic" | "generic_stream" | "async" | null;
}

export interface Candidates {
  readonly found: readonly Candidate[];
  /** What is an agent and cannot be served as it stands, one sentence each. */
  readonly refused: readonly string[];
}

export function candidatesOf(project: Project): Candidates {
  const search = new Search(project);
  for (const outline of project.outlines) search.look(outline);
  return { found: search.found, refused: search.refused };
}

class Search {
  readonly found: Candidate[] = [];
  readonly refused: string[] = [];
  readonly #origins: Origins;

  constructor(project: Project) {
    this.#origins = new Origins(project);
  }

  look(outline: Outline): void {
    const found: Candidate[] = [];
    found.push(...this.#objects(outline));
    for (const one of outline.classes) found.push(...this.#class(one, outline));
    for (const one of outline.functions) found.push(...this.#function(one, outline));
    for (const one of found.sort((a, b) => a.line - b.line)) this.#take(one, outline);
    this.#routes(outline);
  }

  #take(candidate: Candidate, { exports, file }: Outline): void {
    if (exports === undefined) {
      if (!candidate.name.startsWith("_")) this.found.push(candidate);
      return;
    }
    const exported = Object.keys(exports).find((name) => exports[name] === candidate.name);
    if (exported === undefined) {
      if (candidate.framework === null) return;
      this.refused.push(
        `\`${candidate.name}\` of ${file}:${candidate.line} is not exported: write \`export\` before it.`,
      );
    } else {
      const module = `${exported}${candidate.module.slice(candidate.name.length)}`;
      this.found.push({ ...candidate, module });
    }
  }

  /** What a web framework calls with its own request cannot be called with a body. */
  #routes({ file, functions }: Outline): void {
    for (const one of functions) {
      const framework = isRoute(one, file) ? this.#around(one, file) : undefined;
      if (framework === undefined) continue;
      const advice = "Export a function that takes the messages, and name that.";
      this.refused.push(
        `\`${one.name}\` of ${file}:${one.line} calls ${framework.title}, but takes an HTTP request. ${advice}`,
      );
    }
  }

  #objects({ file, definitions }: Outline): Candidate[] {
    const last = definitions.filter((one, i) => !definitions.slice(i + 1).some(({ name }) => name === one.name));
    return last.flatMap((one) => {
      const origin = this.#origins.ofDefinition(one, { file });
      const framework = origin === null ? undefined : frameworkOf(origin);
      if (framework === undefined || isOtherName(one, definitions)) return [];
      const whole = { ...placed(file, one.name, one.line), kind: "object", framework, type: null } as const;
      // Of several agents under one roof each is named: the roof alone would not say which.
      const { agents = [] } = one;
      return agents.length < 2 ? [whole] : agents.map((agent) => ({ ...whole, module: `${one.name}.${agent}` }));
    });
  }

  #class(outline: ClassOutline, { file }: Outline): Candidate[] {
    const made = outline.name.startsWith("_") ? undefined : this.#madeBy(outline, file);
    if (made === undefined) return [];
    const { name, line } = outline;
    if (outline.needs.length > 0) {
      this.refused.push(
        `\`${name}\` of ${file}:${line} needs ${quoted(outline.needs)} to be made: make one at the file's top level.`,
      );
      return [];
    }
    return [{ file, name, module: `${name}${made.path}`, line, ...made.as }];
  }

  /** An agent by its base, a class with a method that makes one, or with one that runs one. */
  #madeBy(outline: ClassOutline, file: string) {
    const bases = this.#origins.bases(outline, file);
    const own = FRAMEWORKS.find(({ base }) => base !== undefined && bases.some((one) => base.test(one)));
    if (own !== undefined) return { path: "", as: { kind: "class", framework: own, type: null } } as const;
    for (const one of outline.methods) {
      const framework = this.#decorated(one, file, "method");
      if (framework !== undefined)
        return { path: `.${one.name}`, as: { kind: "class", framework, type: null } } as const;
    }
    const strong = outline.methods.filter(({ name }) => STRONG.includes(name) || name === "kickoff");
    const framework = strong.length === 0 ? undefined : first(outline.methods, (one) => this.#around(one, file));
    const [method] = strong;
    if (framework === undefined || method === undefined) return undefined;
    return { path: `.${method.name}`, as: { kind: "function", framework, type: typeOf(method) } } as const;
  }

  #function(outline: FunctionOutline, { file, imports, functions }: Outline): Candidate[] {
    const decorated = this.#decorated(outline, file, "decorator");
    const place = placed(file, outline.name, outline.line);
    if (decorated !== undefined) return [{ ...place, kind: "object", framework: decorated, type: null }];
    const returned = this.#origins.returned(outline, file);
    const made = first(returned, frameworkOf);
    if (made !== undefined) return this.#factory(outline, place, made);
    if (isTaken(outline) || isRoute(outline, file)) return [];
    const type = typeOf(outline);
    const around = first(returned, aroundOf) ?? this.#around(outline, file);
    if (around !== undefined) return [{ ...place, kind: "function", framework: around, type }];
    if (!isTelling(outline.name, { file, functions })) return [];
    const modules = Object.values(imports).map(({ module }) => module);
    if (outline.name === "main" && modules.some((one) => PROGRAMS.test(one))) return [];
    return [{ ...place, kind: "named", framework: first(modules, frameworkOfPackage) ?? null, type }];
  }

  #factory(outline: FunctionOutline, place: ReturnType<typeof placed>, framework: Framework): Candidate[] {
    const managed = outline.decorators.length > 0;
    if (outline.name.startsWith("_") || (outline.generator && !managed)) return [];
    // Workers in JavaScript call no factories.
    if (outline.needs.length > 0 || !place.file.endsWith(".py")) {
      const why = outline.needs.length > 0 ? `needs ${quoted(outline.needs)}` : "is a function";
      const advice = "Make one at the file's top level to have it served.";
      this.refused.push(
        `\`${outline.name}\` of ${place.file}:${place.line} makes an agent (${framework.title}) and ${why}. ${advice}`,
      );
      return [];
    }
    return [{ ...place, kind: "factory", framework, type: null }];
  }

  /** Makes an agent among its own variables, or calls what talks to a model. */
  #around(outline: FunctionOutline, file: string): Framework | undefined {
    const scope = { file, locals: outline.locals };
    const origins = [
      ...outline.locals.map((one) => this.#origins.ofDefinition(one, scope)),
      ...outline.uses.map((name) => this.#origins.of(["name", name], { file })),
    ].filter((one) => one !== null);
    return first(origins, frameworkOf) ?? first(origins, aroundOf);
  }

  #decorated(outline: FunctionOutline, file: string, by: "decorator" | "method"): Framework | undefined {
    const origins = outline.decorators.flatMap((one) => this.#origins.of(one, { file }) ?? []);
    return first(origins, (origin) => FRAMEWORKS.find((one) => one[by]?.test(origin)));
  }
}

const quoted = (names: readonly string[]): string => names.map((one) => `\`${one}\``).join(", ");

const placed = (file: string, name: string, line: number) => ({ file, name, module: name, line });

const aroundOf = (origin: string): Framework | undefined => FRAMEWORKS.find((one) => one.function?.test(origin));

function first<T, R>(all: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `export default agent`: the agent itself is meant. `root_agent` is a name that Google's tools ask for. */
const isOtherName = ({ name, value }: Definition, all: readonly Definition[]): boolean =>
  name !== "root_agent" && value?.[0] === "name" && all.some((one) => one.name === value[1]);

/** Names by which people call their agent's one function, the strongest first. */
export const STRONG: readonly string[] = [
  ...["agent", "run", "run_agent", "runAgent", "invoke", "handle", "handler", "chat", "ask", "answer", "respond"],
  ...["stream", "predict", "process", "execute", "query", "generate", "call", "main"],
];

const TELLING = /^(agent|main|app|index)$/;

/** What has a page, a command line or routes of its own: its `main` starts that. */
const PROGRAMS = /^(streamlit|gradio|chainlit|nicegui|click|typer|argparse|uvicorn|fastapi|flask|django)\b/;

/** A strong name in a telling file, or the one function of `agent.py`. */
function isTelling(name: string, { file, functions }: Pick<Outline, "file" | "functions">): boolean {
  if (STRONG.includes(name)) return TELLING.test(stemOf(file));
  return stemOf(file) === "agent" && functions.filter((one) => !isTaken(one)).length === 1;
}

/** A decorator that registers the function elsewhere: a route, a tool, a task, a command. */
function isTaken({ decorators, name }: FunctionOutline): boolean {
  return name.startsWith("_") || decorators.some((one) => REGISTERS.test(lastName(one)));
}

const REGISTERS =
  /(^|_)(get|post|put|patch|delete|route|websocket|command|tool|task|hook|step|node|middleware|callback|fixture|validator|on_event|agent|crew|start|listen|router|plain)$/;

function lastName(expression: FunctionOutline["decorators"][number]): string {
  if (expression === null || expression[0] === "pipe") return "";
  if (expression[0] === "name") return expression[1];
  return expression[0] === "member" ? expression[2] : lastName(expression[1]);
}

/** Called by a web framework with its own request, not with a body. */
const isRoute = ({ name }: FunctionOutline, file: string): boolean =>
  /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|loader|action)$/.test(name) ||
  /(^|\/)(route|middleware)\.[cm]?[jt]sx?$|(^|\/)pages\/|\.(tsx|jsx)$/.test(file);

function typeOf({ generator, async }: FunctionOutline): Candidate["type"] {
  if (generator) return "generic_stream";
  return async ? "async" : "generic";
}
