/**
 * The servers that were logged in to, and which is meant when none is named: one file below RUNAGENT_HOME that only its
 * owner reads, for it has keys. Whole or absent.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Target {
  readonly name: string;
  readonly url: string;
  readonly key: string;
}

export interface Targets {
  readonly current: string | null;
  readonly targets: readonly Target[];
}

const EMPTY: Targets = { current: null, targets: [] };

const fileIn = (configFolder: string): string => join(configFolder, "targets.json");

export function readTargets(configFolder: string): Targets {
  try {
    const value: unknown = JSON.parse(readFileSync(fileIn(configFolder), "utf8"));
    return isTargets(value) ? value : EMPTY;
  } catch {
    return EMPTY; // nobody logged in, or the file is none of ours
  }
}

export function writeTargets(configFolder: string, targets: Targets): void {
  mkdirSync(configFolder, { recursive: true, mode: 0o700 });
  const file = fileIn(configFolder);
  writeFileSync(`${file}.new`, JSON.stringify(targets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The one of that name; else the current one. */
export function findTarget({ current, targets }: Targets, name: string | undefined): Target | undefined {
  return targets.find((one) => one.name === (name ?? current));
}

function isTargets(value: unknown): value is Targets {
  if (typeof value !== "object" || value === null || !("targets" in value) || !Array.isArray(value.targets))
    return false;
  return value.targets.every(
    (one) => typeof one?.name === "string" && typeof one.url === "string" && typeof one.key === "string",
  );
}
