/** How what was found is told to a person. */
import { stemOf } from "./candidate-files.ts";
import type { Candidate } from "./candidates.ts";
import type { Outline } from "./outline.ts";

/** `Found the LangGraph agent \`app\` in agent.py.` */
export function foundNote(chosen: readonly Candidate[], entrypoints: readonly { readonly tag?: string }[]): string {
  const said = chosen.map((one, i) => placeNote(one, entrypoints[i]?.tag));
  if (said.length === 1) return `Found ${said[0]}.`;
  return `Found ${said.join("; ")}. All ${chosen.length} are served, the first is the default.`;
}

function placeNote({ framework, kind, module, file, line }: Candidate, tag: string | undefined): string {
  const place = `\`${module}\` in ${file}:${line}${tag === undefined ? "" : ` as ${tag}`}`;
  const title = framework === null ? "" : `${framework.title} `;
  switch (kind) {
    case "object":
    case "class":
      return `the ${title}agent ${place}`;
    case "factory":
      return `${place}, which makes a ${title}agent`;
    case "function":
      return `the function ${place}, which calls ${title.trim()}`;
    case "named":
      return `the function ${place}, by its name only`;
  }
}

export const counted = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const SHOWN = 8;

/** Not more than a line holds. */
export const listed = (all: readonly string[]): string =>
  all.length <= SHOWN ? all.join(", ") : `${all.slice(0, SHOWN).join(", ")} and ${all.length - SHOWN} more`;

const TOLD = 4;

/** The first sentences, and how many more there are. */
export const firstOf = (all: readonly string[]): string[] =>
  all.length <= TOLD ? [...all] : [...all.slice(0, TOLD), `And ${all.length - TOLD} more like these.`];

/** When nothing else helps: the functions of the first file that is called like an agent's. */
export function functionsNote(outlines: readonly Outline[]): string[] {
  const file = outlines.find((one) => /^(agent|main|app|index)$/.test(stemOf(one.file)) && namesOf(one).length > 0);
  if (file === undefined) return [];
  const names = namesOf(file);
  const what = names.length === 1 ? "the function" : "the functions";
  return [`${file.file} has ${what} ${listed(names)}: name one with --entry ${file.file}:${names[0]}.`];
}

const namesOf = ({ functions, exports }: Outline): string[] =>
  functions
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("_") && (exports === undefined || Object.values(exports).includes(name)));
