/**
 * Which candidates are only parts of others: a sub-agent, a node of a graph, a member of a team. Told by who stands in
 * whose making, through variables, functions and files. Of two that need each other, the one that was made of the other,
 * else the one whose name says that it leads.
 */
import type { Candidate } from "./candidates.ts";
import type { Outline } from "./outline.ts";
import type { Project } from "./project.ts";

export function withoutParts(candidates: readonly Candidate[], project: Project): readonly Candidate[] {
  const made = new Uses(project, false);
  const all = new Uses(project, true);
  return candidates.filter((one) => !candidates.some((other) => other !== one && contains(other, one, made, all)));
}

function contains(whole: Candidate, part: Candidate, made: Uses, all: Uses): boolean {
  if (!all.leads(whole, part)) return false;
  if (!all.leads(part, whole)) return true;
  if (made.leads(whole, part) !== made.leads(part, whole)) return made.leads(whole, part);
  return LEADS.test(whole.name) && !LEADS.test(part.name);
}

/** Names for the one that hands over to the others. */
const LEADS = /triage|root|main|manager|orchestrat|supervis|router|coordinat|lead|front/i;

interface Name {
  readonly file: string;
  readonly name: string;
}

/** Every name at a top level, and those that it is made of. */
class Uses {
  readonly #project: Project;
  readonly #later: boolean;
  readonly #reached = new Map<string, ReadonlySet<string>>();

  /** `later`: what a method of it is given after it was made counts, too. */
  constructor(project: Project, later: boolean) {
    this.#project = project;
    this.#later = later;
  }

  leads(from: Name, to: Name): boolean {
    return this.#from(from).has(keyOf(to));
  }

  #from(name: Name): ReadonlySet<string> {
    const key = keyOf(name);
    const known = this.#reached.get(key);
    if (known !== undefined) return known;
    const seen = new Set<string>();
    const next = [...this.#direct(name)];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (seen.has(keyOf(one))) continue;
      seen.add(keyOf(one));
      next.push(...this.#direct(one));
    }
    this.#reached.set(key, seen);
    return seen;
  }

  #direct({ file, name }: Name): Name[] {
    const outline = this.#project.outline(file);
    if (outline === undefined) return [];
    const own = [...outline.definitions, ...outline.functions, ...outline.classes].filter((one) => one.name === name);
    const given = this.#later ? outline.calls.filter((one) => one.on === name) : [];
    return [...own, ...given].flatMap(({ uses }) => uses.flatMap((one) => this.#meant(one, outline, [])));
  }

  /** The place where a name was defined, through imports. */
  #meant(name: string, outline: Outline, passed: readonly string[]): Name[] {
    const { file } = outline;
    if (!Object.hasOwn(outline.imports, name) || passed.includes(`${file}#${name}`)) return [{ file, name }];
    const found = outline.imports[name];
    if (found === undefined) return [];
    const module = this.#project.file(found.module, file);
    const sub = found.name === null ? undefined : this.#project.submodule(found.module, found.name, file);
    const target = this.#project.outline(sub ?? module ?? "");
    if (target === undefined) return [];
    // `from . import critic`, then `critic.agent`: everything in that file may be meant.
    if (sub !== undefined || found.name === null)
      return target.definitions.map((one) => ({ file: target.file, name: one.name }));
    const there = target.exports?.[found.name] ?? found.name;
    return this.#meant(there, target, [...passed, `${file}#${name}`]);
  }
}

const keyOf = ({ file, name }: Name): string => `${file}#${name}`;
