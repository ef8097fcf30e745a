/** Which process a sandbox belongs to: its pid and when it began, so that a pid that was given again is a stranger. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "owner";

export function own(directory: string): void {
  writeFileSync(join(directory, FILE), identity(process.pid) ?? "");
}

/** It belongs to nobody, and may be adopted. */
export function disown(directory: string): void {
  rmSync(join(directory, FILE), { force: true });
}

/** Whether the process that made it still runs. */
export function isOwned(directory: string): boolean {
  const owner = textOf(join(directory, FILE));
  return owner !== "" && identity(Number.parseInt(owner, 10)) === owner;
}

function identity(pid: number): string | null {
  const stat = textOf(`/proc/${pid}/stat`);
  const began = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[BEGAN];
  return began === undefined ? null : `${pid} ${began}`;
}

/** Of the fields after the name: when the process began, in ticks since the machine did. */
const BEGAN = 19;

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
