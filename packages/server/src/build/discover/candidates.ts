/**
 * What in a project could be served, in the order of its files: agent objects, classes and functions that make one,
 * and functions around one. Nothing is chosen here.
 */
import { stemOf } from "./candidate-files.ts";
import { FRAMEWORKS, type Framework, frameworkOf } from "./frameworks.ts";
import { Origins } from "./origin.ts";
import type { ClassOutline, FunctionOutline, Outline } from "./outline.ts";
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

  #objects({ file, definitions }: Outline): Candidate[] {
    const last = definitions.filter((one, i) => !definitions.slice(i + 1).some(({ name }) => name === one.name));
    return last.flatMap((one) => {
      const origin = this.#origins.ofDefinition(one, { file });
      const framework = origin === null ? undefined : frameworkOf(origin);
      if (framework === undefined || isOtherName(one.value, definitions)) return [];
      return [{ file, ...named(one.name, one.line), kind: "object", framework, type: null }];
    });
  }

  #class(outline: ClassOutline, { file }: Outline): Candidate[] {
    const bases = this.#origins.bases(outline, file);
    const own = FRAMEWORKS.find(({ base }) => base !== undefined && bases.some((one) => base.test(one)));
    const makes = outline.methods.flatMap((one) => {
      const framework = this.#decorated(one, file, "method");
      return framework === undefined ? [] : [{ framework, path: `.${one.name}` }];
    });
    const [made] = own === undefined ? makes : [{ framework: own, path: "" }];
    if (made === undefined || outline.name.startsWith("_")) return [];
    if (outline.needs.length > 0) {
      const needs = outline.needs.map((one) => `\`${one}\``).join(", ");
      this.refused.push(
        `\`${outline.name}\` of ${file}:${outline.line} needs ${needs} to be made: make one at the file's top level.`,
      );
      return [];
    }
    const { name, line } = outline;
    return [{ file, name, module: `${name}${made.path}`, line, kind: "class", framework: made.framework, type: null }];
  }

  #function(outline: FunctionOutline, { file, imports, functions }: Outline): Candidate[] {
    const decorated = this.#decorated(outline, file, "decorator");
    const place = { file, ...named(outline.name, outline.line) };
    if (decorated !== undefined) return [{ ...place, kind: "object", framework: decorated, type: null }];
    const returned = this.#origins.returned(outline, file);
    const made = first(returned, frameworkOf);
    if (made !== undefined) return this.#factory(outline, place, made);
    if (isTaken(outline) || isRoute(outline, file)) return [];
    const type = typeOf(outline);
    const around = first(returned, aroundOf) ?? this.#around(outline, file);
    if (around !== undefined) return [{ ...place, kind: "function", framework: around, type }];
    if (!isTelling(outline.name, { file, functions })) return [];
    const framework = first(
      Object.values(imports).map(({ module }) => module),
      (module) => FRAMEWORKS.find(({ packages }) => packages.test(module)),
    );
    return [{ ...place, kind: "named", framework: framework ?? null, type }];
  }

  #factory(outline: FunctionOutline, place: ReturnType<typeof placed>, framework: Framework): Candidate[] {
    const managed = outline.decorators.length > 0;
    if (outline.generator && !managed) return [];
    // Workers in JavaScript call no factories.
    if (outline.needs.length > 0 || !place.file.endsWith(".py")) {
      const why =
        outline.needs.length > 0 ? `needs ${outline.needs.map((one) => `\`${one}\``).join(", ")}` : "is a function";
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

const placed = (file: string, name: string, line: number) => ({ file, name, module: name, line });
const named = (name: string, line: number) => ({ name, module: name, line });

const aroundOf = (origin: string): Framework | undefined => FRAMEWORKS.find((one) => one.function?.test(origin));

function first<T, R>(all: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `export default agent`: the agent itself is meant. */
const isOtherName = (value: Outline["definitions"][number]["value"], all: Outline["definitions"]): boolean =>
  value?.[0] === "name" && all.some((one) => one.name === value[1]);

/** Names by which people call their agent's one function, the strongest first. */
export const STRONG: readonly string[] = [
  ...["agent", "run", "run_agent", "runAgent", "invoke", "handle", "handler", "chat", "ask", "answer", "respond"],
  ...["stream", "predict", "process", "execute", "query", "generate", "call", "main"],
];

const TELLING = /^(agent|main|app|index)$/;

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
