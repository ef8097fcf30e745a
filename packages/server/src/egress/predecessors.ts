/**
 * Egress daemons of earlier servers, which go on with what is open until nobody needs them: which they are, and the word that
 * they are no longer to take anything new. Written down beside the namespaces' folder.
 */
import { appendFileSync, readFileSync, rmSync } from "node:fs";

/** Names a process for good: a pid may be given again. */
export function note(folder: string, pid: number): void {
  appendFileSync(fileOf(folder), `${identity(pid)}\n`, { mode: 0o600 });
}

/** Those that live. From now on nothing is known of them. */
export function takePredecessors(folder: string): readonly number[] {
  const lines = text(fileOf(folder)).split("\n").filter(Boolean);
  rmSync(fileOf(folder), { force: true });
  return lines.filter((line) => identity(Number.parseInt(line, 10)) === line).map((line) => Number.parseInt(line, 10));
}

/** It takes no more connections or questions, and ends with its last connection. */
export function retire(pid: number): void {
  try {
    process.kill(pid, "SIGUSR2");
  } catch {
    // it has just ended
  }
}

const fileOf = (folder: string): string => `${folder}.daemons`;

/** Of the fields after the name: when the process began, in ticks since the machine did. */
const BEGAN = 19;

function identity(pid: number): string {
  const stat = text(`/proc/${pid}/stat`);
  return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[BEGAN] ?? "gone"}`;
}

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
