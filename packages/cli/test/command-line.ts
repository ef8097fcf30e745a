/** Calls the real program, as a user's shell would, and waits for its end. */
import { type ChildProcess, spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("../bin/runagent", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export async function runagent(words: readonly string[], around: Surroundings): Promise<Ended> {
  return ended(startRunagent(words, around));
}

/** RUNAGENT_HOME is inside `cwd`: nothing of this machine's user is read. */
export function startRunagent(words: readonly string[], { cwd, env = {}, stdin = "" }: Surroundings): ChildProcess {
  const child = spawn(PROGRAM, words, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, RUNAGENT_HOME: `${cwd}/.home`, ...env },
    stdio: "pipe",
  });
  child.stdin.on("error", () => undefined); // it may end before it has read its input
  child.stdin.end(stdin);
  return child;
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const code = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exit) => resolve(exit));
  });
  const read = (stream: NodeJS.ReadableStream | null): Promise<string> => (stream ? text(stream) : Promise.resolve(""));
  const [exit, stdout, stderr] = await Promise.all([code, read(child.stdout), read(child.stderr)]);
  return { code: exit, stdout, stderr };
}
