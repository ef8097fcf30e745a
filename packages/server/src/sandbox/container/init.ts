/**
 * The first process of a container: a shell that starts what the server asks for and says how it ended. The server asks
 * through a named pipe (a name a line: a script of that name lies in the folder of the socket) and listens at descriptor 3
 * (`NAME begun PID`, `NAME ended CODE`). When the pipe ends, or its lease, it ends, and with it everything in the pid namespace. It reaps
 * what nobody waits for. Nothing in the container may signal it.
 */
import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { ProcessExit } from "../driver.ts";

/** `folder`: where the scripts are, inside. `leaseSeconds`: how long it waits to hear anything; 0: for ever. */
export const initCommand = (folder: string, leaseSeconds: number): string[] => [
  ...[`${folder}/${SHELL}`, "-c", INIT, "runagent-init", folder],
  ...(leaseSeconds > 0 ? ["-t", String(leaseSeconds)] : []),
];

const SHELL = "init";

/**
 * The shell, as a file that the agent may run and not read: the kernel then keeps the first process's descriptors and memory
 * from the agent, although both are the same user. Who could write to descriptor 3 could say anything to the server.
 */
export function placeInit(rootfs: string, folder: string): void {
  copyFileSync(join(rootfs, "usr/bin/bash"), join(folder, SHELL));
  chmodSync(join(folder, SHELL), 0o711);
}

/** An empty line prolongs the lease, and asks for nothing. */
const INIT = `
folder=$1
shift
while read -r "$@" name; do
  [ -n "$name" ] || continue
  { ( . "$folder/$name" ) </dev/null; echo "$name ended $?" >&3; } &
done`;

/** What a launch script says: the process has this environment and nothing else, and none of our descriptors. */
export function launchScript(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const variables = Object.entries(env).map(([key, value]) => quoted(`${key}=${value}`));
  return `echo "${name} begun $BASHPID" >&3\nexec /usr/bin/env -i ${variables.join(" ")} ${argv.map(quoted).join(" ")} 3>&-\n`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export interface Begun {
  /** As it is inside; null: it ended before it began. */
  readonly pid: Promise<number | null>;
  readonly exited: Promise<ProcessExit>;
}

/** Reads what the first process says. When it says no more, everything in there is gone. */
export class Reports {
  readonly #expected = new Map<string, Expected>();

  constructor(from: Readable) {
    const lines = createInterface({ input: from });
    lines.on("line", (line) => this.#take(line.split(" ")));
    lines.once("close", () => {
      for (const one of this.#expected.values()) one.end(KILLED);
      this.#expected.clear();
    });
    from.on("error", () => lines.close());
  }

  expect(name: string): Begun {
    const pid = Promise.withResolvers<number | null>();
    const exited = Promise.withResolvers<ProcessExit>();
    const end = (exit: ProcessExit): void => {
      pid.resolve(null);
      exited.resolve(exit);
    };
    this.#expected.set(name, { begin: pid.resolve, end });
    return { pid: pid.promise, exited: exited.promise };
  }

  #take([name = "", what, number]: readonly string[]): void {
    const one = this.#expected.get(name);
    if (what === "begun") one?.begin(Number(number));
    else {
      one?.end(exitOf(Number(number)));
      this.#expected.delete(name);
    }
  }
}

interface Expected {
  begin(pid: number): void;
  end(exit: ProcessExit): void;
}

const KILLED: ProcessExit = { code: null, signal: "SIGKILL", error: null };
const BY_SIGNAL = 128;
const SIGNALS: Readonly<Record<number, string>> = {
  ...{ 1: "SIGHUP", 2: "SIGINT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV" },
  ...{ 13: "SIGPIPE", 15: "SIGTERM", 31: "SIGSYS" },
};

/** As shells say it. */
function exitOf(code: number): ProcessExit {
  const signal = code > BY_SIGNAL ? (SIGNALS[code - BY_SIGNAL] ?? null) : null;
  return { code: signal === null ? code : null, signal, error: null };
}
