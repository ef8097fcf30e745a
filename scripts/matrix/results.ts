/** What was run: scripts/matrix/results.json, one row a framework and version. */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const FILE = resolve(import.meta.dirname, "results.json");

export interface Result {
  readonly name: string;
  readonly which: "oldest" | "newest";
  readonly version: string;
  readonly runtime: string;
  readonly passed: number;
  readonly failed: number;
}

export const readResults = (): readonly Result[] => JSON.parse(readFileSync(FILE, "utf8"));

/** In place of an earlier result of the same. */
export function writeResult(result: Result): void {
  const key = (one: Result): string => `${one.name} ${one.which === "oldest" ? 0 : 1}`;
  const others = readResults().filter((one) => key(one) !== key(result));
  const all = [...others, result].toSorted((a, b) => key(a).localeCompare(key(b), "en"));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
