/** A real process started for a test: its lines as they come, its end, and its whole group gone at `close()`. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export interface StartedProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Resolves with the first line, from the start of stdout, that `accept` likes; rejects when the process ends before. */
  line(accept: (line: string) => boolean, withinMs: number): Promise<string>;
  /** Exit code, or 128 + the signal's number as a shell says it. */
  readonly ended: Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** Kills the process and its group, if they are still there. */
  close(): Promise<void>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

export function startProcess(argv: readonly string[], options: StartOptions = {}): StartedProcess {
  const [file, ...args] = argv;
  if (file === undefined) throw new TypeError("an empty command");
  const child = spawn(file, args, { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  const lines = new Lines(child, output);
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(code ?? 128 + (SIGNAL_NUMBERS[signal ?? ""] ?? 0)));
  });
  // Whoever waits for `ended` sees the error; one that nobody waits for is not unhandled.
  ended.catch(() => undefined);
  const close = async (): Promise<void> => {
    killGroup(child.pid);
    await ended.catch(() => undefined);
  };
  return {
    pid: child.pid ?? 0,
    output,
    ended,
    line: (accept, withinMs) => lines.first(accept, withinMs),
    signal: (name) => void child.kill(name),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Whether a process with this id runs. One that ended and that nobody has looked after yet (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !isZombie(pid);
  } catch {
    // ESRCH: it is gone.
    return false;
  }
}

function isZombie(pid: number): boolean {
  if (process.platform !== "linux") return false;
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return /^ [ZX] /.test(stat.slice(stat.lastIndexOf(")") + 1));
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // ESRCH: the group is gone already, which is what was wanted.
  }
}

class Lines {
  readonly #seen: string[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #output: { stdout: string; stderr: string };
  #ended = false;

  constructor(child: ChildProcess, output: { stdout: string; stderr: string }) {
    this.#output = output;
    child.stderr?.on("data", (data: Buffer) => {
      output.stderr += data.toString("utf8");
    });
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on("line", (line) => {
        output.stdout += `${line}\n`;
        this.#seen.push(line);
        this.#wake();
      });
    }
    child.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  async first(accept: (line: string) => boolean, withinMs: number): Promise<string> {
    const signal = AbortSignal.timeout(withinMs);
    for (let next = 0; ; next += 1) {
      while (next >= this.#seen.length) await this.#more(signal);
      const line = this.#seen[next];
      if (line !== undefined && accept(line)) return line;
    }
  }

  async #more(signal: AbortSignal): Promise<void> {
    const told = `stdout:\n${this.#output.stdout}\nstderr:\n${this.#output.stderr}`;
    if (this.#ended) throw new Error(`the process ended without that line\n${told}`);
    if (signal.aborted) throw new Error(`the line did not come in time\n${told}`);
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }

  #wake(): void {
    for (const one of [...this.#waiting]) one();
  }
}
