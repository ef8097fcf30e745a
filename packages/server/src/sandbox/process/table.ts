/**
 * The processes of this machine, and which of them are ours. Ours are known by a mark in the environment that they were
 * started with: it stays readable whatever they did to `os.environ`, their session or their parents afterwards.
 */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";

/** Not `RUNAGENT_…`: those are taken from the agent's environment, and this one its children shall have too. */
export const MARK = "_RUNAGENT_SANDBOX";

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

export function listProcesses(): Promise<readonly ProcessRow[]> {
  return process.platform === "linux" ? linuxTable() : psTable();
}

/** Pids whose mark begins with `mark`. */
export function findMarked(mark: string): Promise<readonly number[]> {
  return process.platform === "linux" ? linuxMarked(mark) : psMarked(mark);
}

/** The process itself, what descends from it, and what is left in its group or session. */
export function familyOf(pid: number, table: readonly ProcessRow[]): readonly number[] {
  const family = new Set([pid]);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const row of table) if (belongs(row, pid, family)) family.add(row.pid);
  }
  return [...family];
}

const belongs = (row: ProcessRow, pid: number, family: ReadonlySet<number>): boolean =>
  row.group === pid || row.session === pid || family.has(row.parent);

/** Ended: a zombie counts, its parent has only to look. */
export async function isGone(pid: number): Promise<boolean> {
  if (process.platform === "linux") {
    const state = parseStat(await readText(`/proc/${pid}/stat`))?.state;
    return state === undefined || state === "Z" || state === "X";
  }
  const [state] = await ps(["-o", "stat=", "-p", String(pid)]);
  return state === undefined || state.startsWith("Z");
}

async function linuxTable(): Promise<readonly ProcessRow[]> {
  const rows = await Promise.all(
    (await linuxPids()).map(async (pid) => parseStat(await readText(`/proc/${pid}/stat`))),
  );
  return rows.filter((row) => row !== null);
}

async function linuxMarked(mark: string): Promise<readonly number[]> {
  const found = await Promise.all(
    (await linuxPids()).map(async (pid) => {
      const environment = await readText(`/proc/${pid}/environ`);
      return environment.includes(`${MARK}=${mark}`) && !(await isGone(pid)) ? [pid] : [];
    }),
  );
  return found.flat();
}

async function linuxPids(): Promise<readonly number[]> {
  return (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** `pid (any (name)) state parent group session …` */
function parseStat(text: string): (ProcessRow & { readonly state: string }) | null {
  const [state, parent, group, session] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (state === undefined || session === undefined) return null;
  return {
    pid: Number.parseInt(text, 10),
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
  };
}

/** Empty when it cannot be read: the process is gone, or another user's and so not ours. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch {
    return "";
  }
}

async function psTable(): Promise<readonly ProcessRow[]> {
  const lines = await ps(["-axo", "pid=,ppid=,pgid="]);
  return lines.map((line) => {
    const [pid = 0, parent = 0, group = 0] = line.trim().split(/\s+/).map(Number);
    return { pid, parent, group, session: group };
  });
}

async function psMarked(mark: string): Promise<readonly number[]> {
  const lines = await ps(["-axEwwo", "pid=,command="]);
  return lines.filter((line) => line.includes(`${MARK}=${mark}`)).map((line) => Number.parseInt(line, 10));
}

/** Lines; none when `ps` found nothing, which it says with exit code 1. */
function ps(args: readonly string[]): Promise<readonly string[]> {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  execFile("ps", args, { maxBuffer: 64 * 1024 * 1024 }, (_, stdout) => {
    resolve(stdout.split("\n").filter((line) => line.trim() !== ""));
  });
  return promise;
}
