/** Versions of interpreters and what is asked of them: `3.12`, `>=3.10,<3.13`, `^22.4`, `~=3.11`, `22.x`. */

type Version = readonly [number, number, number];

export function satisfies(version: string, requirement: string): boolean {
  const actual = parse(version);
  return requirement.split("||").some((all) => clauses(all).every((clause) => meets(actual, clause)));
}

export function compareVersions(a: string, b: string): number {
  return compare(parse(a).version, parse(b).version);
}

interface Parsed {
  readonly version: Version;
  /** How many of the numbers were written. */
  readonly written: number;
}

const clauses = (text: string): string[] => text.match(/(?:===?|~=|!=|<=|>=|<|>|\^|~)?\s*v?[\d.x*]+/g) ?? [];

function parse(text: string): Parsed {
  const numbers = (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? "").split(".").filter(Boolean).map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers;
  return { version: [major, minor, patch], written: numbers.length };
}

function meets({ version }: Parsed, clause: string): boolean {
  const operator = /^(===?|~=|!=|<=|>=|<|>|\^|~)?/.exec(clause)?.[0] ?? "";
  const wanted = parse(clause);
  const order = compare(version, wanted.version);
  const same = (depth: number): boolean => version.slice(0, depth).every((part, i) => part === wanted.version[i]);
  switch (operator) {
    case ">=":
      return order >= 0;
    case "<=":
      return order <= 0 || same(wanted.written);
    case ">":
      return order > 0 && !(wanted.written < 3 && same(wanted.written));
    case "<":
      return order < 0;
    case "!=":
      return !same(wanted.written);
    case "^":
      return order >= 0 && same(1);
    case "~":
      return order >= 0 && same(Math.min(2, wanted.written));
    case "~=":
      return order >= 0 && same(Math.max(1, wanted.written - 1));
    default:
      return same(wanted.written);
  }
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
