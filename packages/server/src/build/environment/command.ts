/**
 * Runs a tool (uv, pip, npm) to its end. It has a process group of its own: an abort ends everything that it started
 * (S3: ask, wait, kill the group, reap). A shell in that group holds a pipe of ours: when we are gone without a word, it
 * ends the group too.
 */
import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Every line of both outputs. */
  readonly onLine?: (line: string) => void;
}

export interface Finished {
  /** As shells have it: 126 and 127 when it could not be started, above 128 when a signal ended it. Null: we were. */
  readonly code: number | null;
  readonly stdout: string;
  /** The last lines of both outputs. */
  readonly tail: readonly string[];
}

const TAIL = 40;
const MAX_STDOUT = 1 << 20;
const GRACE_MS = 400;
const REAPED_MS = 100;
const POLL_MS = 10;

const WATCHED = `
exec 3<&0
"$@" 3<&- </dev/null &
tool=$!
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 &
watch=$!
exec 3<&-
wait "$tool"
code=$?
kill -KILL "$watch" 2>/dev/null
exit "$code"`;

/** Never rejects for what the tool does; rejects with the signal's reason when aborted, after the group is gone. */
export async function run(command: Command): Promise<Finished> {
  command.signal.throwIfAborted();
  const { file, args, cwd, env } = command;
  const shell = ["-c", WATCHED, "runagent-tool", file, ...args];
  const child = spawn("/bin/sh", shell, { cwd, env: { ...env }, detached: true, stdio: "pipe" });
  const tail: string[] = [];
  let stdout = "";
  const take = (line: string): void => {
    if (line.trim() === "") return;
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    command.onLine?.(line);
  };
  const [out, err] = [lineReader(take), lineReader(take)];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (stdout.length < MAX_STDOUT) stdout += text;
    out.push(text);
  });
  child.stderr.setEncoding("utf8").on("data", err.push);
  const ended = new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      take(error.message);
      resolve(null);
    });
    child.once("close", (code) => resolve(code));
  });
  const stop = stopOn(command.signal, child.pid);
  const code = await ended;
  await stop.finish();
  out.end();
  err.end();
  command.signal.throwIfAborted();
  return { code, stdout, tail };
}

function lineReader(take: (line: string) => void): { push(text: string): void; end(): void } {
  let rest = "";
  return {
    push(text) {
      const lines = (rest + text).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
    },
    end: () => take(rest),
  };
}

function stopOn(signal: AbortSignal, pid: number | undefined): { finish(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    killGroup(pid, "SIGTERM");
    timer = setTimeout(() => killGroup(pid, "SIGKILL"), GRACE_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  return {
    async finish() {
      signal.removeEventListener("abort", stop);
      clearTimeout(timer);
      if (signal.aborted) await groupGone(pid);
    },
  };
}

/**
 * What the tool started may outlive it for a moment, and there is nothing to wait on: its parent is init now. Some inits
 * are slow to reap, so a killed group counts as gone after a while.
 */
async function groupGone(pid: number | undefined): Promise<void> {
  for (let left = REAPED_MS / POLL_MS; left > 0 && killGroup(pid, "SIGKILL"); left -= 1) await delay(POLL_MS);
}

/** False: nothing of the group is left. */
function killGroup(pid: number | undefined, signal: NodeJS.Signals): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
