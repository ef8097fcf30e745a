/**
 * Of all candidates, those that are served: whole agents rather than parts, agents rather than what makes or wraps one,
 * one language. The order is that of the files, the nearest first.
 */
import type { Language } from "@runagent/protocol/config";
import { stemOf } from "./candidate-files.ts";
import { type Candidate, type CandidateKind, type Candidates, STRONG } from "./candidates.ts";
import { withoutParts } from "./parts.ts";
import type { Project } from "./project.ts";

export interface Choice {
  readonly language: Language;
  readonly chosen: readonly Candidate[];
  /** In the same order. */
  readonly entrypoints: readonly {
    readonly file: string;
    readonly module: string;
    readonly tag?: string;
    readonly type?: NonNullable<Candidate["type"]>;
  }[];
  readonly notes: readonly string[];
}

type PerLanguage<T> = Readonly<Record<Language, T>>;

export function choose(projects: PerLanguage<Project>, seen: PerLanguage<Candidates>): Choice | null {
  const python = best(seen.python.found, projects.python);
  const node = best(seen.node.found, projects.node);
  const language = strength(python) >= strength(node) ? "python" : "node";
  const chosen = language === "python" ? python : node;
  const others = language === "python" ? node : python;
  if (chosen.length === 0) return null;
  const tags = tagsOf(chosen);
  return {
    language,
    chosen,
    entrypoints: chosen.map(({ file, module, type }, i) => ({
      ...{ file, module },
      ...(tags[i] === undefined ? {} : { tag: tags[i] }),
      ...(type === null ? {} : { type }),
    })),
    notes: strength(others) === 0 || others.every(isNamed) ? [] : [otherLanguage(others)],
  };
}

/** The strongest kind that is there; what is weaker only counts when it belongs to another framework. */
function best(found: readonly Candidate[], project: Project): readonly Candidate[] {
  const agents = found.filter(({ kind }) => kind === "object" || kind === "class");
  const covered = new Set(agents.map(({ framework }) => framework));
  const makers = found.filter(({ kind, framework }) => kind === "factory" && !covered.has(framework));
  const whole = withoutParts([...agents, ...makers], project);
  const streams = found.filter(({ kind, framework }) => kind === "function" && !covered.has(framework));
  if (whole.length > 0) return inOrder(found, [...preferred(whole)]);
  return functions(streams.length > 0 ? streams : found.filter(isNamed));
}

const inOrder = (all: readonly Candidate[], some: readonly Candidate[]): Candidate[] =>
  all.filter((one) => some.includes(one));

/** Google's own tools serve `root_agent` or `app`, whatever else stands there. */
function preferred(all: readonly Candidate[]): readonly Candidate[] {
  const isRoot = ({ module }: Candidate): boolean => module === "root_agent" || module === "app";
  const roots = all.filter((one) => one.framework?.name === "google-adk" && isRoot(one));
  return roots.length === 0 ? all : all.filter((one) => one.framework?.name !== "google-adk" || isRoot(one));
}

/** `main` starts the others; it only counts alone. */
function functions(all: readonly Candidate[]): readonly Candidate[] {
  const others = all.filter(({ name }) => name !== "main");
  const kept = others.length > 0 ? others : all;
  const rank = ({ name }: Candidate): number => (STRONG.includes(name) ? STRONG.indexOf(name) : STRONG.length);
  const files = [...new Set(kept.map(({ file }) => file))];
  return files.flatMap((file) => kept.filter((one) => one.file === file).sort((a, b) => rank(a) - rank(b)));
}

const isNamed = ({ kind }: Candidate): boolean => kind === "named";

const WEIGHT: Readonly<Record<CandidateKind, number>> = { object: 4, class: 4, factory: 3, function: 2, named: 1 };

const strength = (all: readonly Candidate[]): number => Math.max(0, ...all.map(({ kind }) => WEIGHT[kind]));

function otherLanguage(others: readonly Candidate[]): string {
  const names = others.map(({ module, file }) => `\`${module}\` of ${file}`).join(", ");
  return `One agent is written in one language: ${names} left out. Serve it with --entry, or from a folder of its own.`;
}

/** Only where names are not enough: two that are called the same are told apart by their folder or file. */
function tagsOf(chosen: readonly Candidate[]): (string | undefined)[] {
  const last = ({ module }: Candidate): string => module.slice(module.lastIndexOf(".") + 1);
  const names = chosen.map(last);
  const tags = chosen.map((one, i) => {
    const isTwice = names.filter((name) => name === names[i]).length > 1;
    return isTwice || names[i] === "default" ? placeTag(one) : undefined;
  });
  const taken = new Set<string>();
  return tags.map((tag, i) => {
    const wanted = tag ?? names[i] ?? "agent";
    let free = wanted;
    for (let n = 2; taken.has(free); n += 1) free = `${wanted}_${n}`;
    taken.add(free);
    return tag === undefined && free === wanted ? undefined : free;
  });
}

const GENERAL = /^(agent|agents|main|app|index|graph|graphs|crew|workflow|src|route|lib|root_agent|default)$/;

/** `research/agent.py` → `research`; of `TripCrew.crew` it is the class. */
function placeTag({ file, name, module }: Candidate): string {
  if (module !== name && name !== "default") return name;
  const parts = [...file.split("/").slice(0, -1), stemOf(file)].filter((part) => !GENERAL.test(part));
  return (parts.at(-1) ?? (name === "default" ? "agent" : name)).replace(/[^\w.-]+/g, "_");
}
