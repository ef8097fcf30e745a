/** Problems of a config as a compiler prints them: the place, what is wrong, the line itself, what to do. */
import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { ConfigProblem } from "@runagent/protocol/config";

export function problemsText(problems: readonly ConfigProblem[], root: string, workingFolder: string): string {
  const sources = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] => {
    const known = sources.get(file) ?? readLines(resolve(root, file));
    sources.set(file, known);
    return known;
  };
  return problems
    .map((problem) => {
      const shown = relative(workingFolder, resolve(root, problem.file)) || problem.file;
      return [headLine(problem, shown), ...excerpt(problem, linesOf(problem.file)), ...advice(problem)].join("\n");
    })
    .join("\n\n");
}

function headLine({ line, column, severity, found, expected }: ConfigProblem, file: string): string {
  return `${file}:${line}:${column}: ${severity}: found ${found}, expected ${expected}`;
}

/** The line and a mark below the column. Tabs stay tabs, so that the mark stands right. */
function excerpt({ line, column }: ConfigProblem, lines: readonly string[]): string[] {
  const text = lines[line - 1];
  if (text === undefined || text.trim() === "" || text.length > WIDEST) return [];
  const number = String(line);
  const before = text.slice(0, column - 1).replace(/[^\t]/g, " ");
  return [`  ${number} | ${text}`, `  ${" ".repeat(number.length)} | ${before}^`];
}

const WIDEST = 200;

const advice = ({ suggestion }: ConfigProblem): string[] => (suggestion === null ? [] : [`  ${suggestion}`]);

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split(/\r\n|\n|\r/);
  } catch {
    return []; // no excerpt of what cannot be read; the problem itself says why
  }
}
