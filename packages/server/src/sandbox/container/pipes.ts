/**
 * The named pipes between the server and the first process of a container: `lifeline` to it, `reports`, `stdout` and `stderr`
 * from it. They have names so that a server that comes later may take hold of them, and the container holds both ends of
 * those that it writes, so that a server that is gone breaks none of its writes.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { promisify } from "node:util";

const exec = promisify(execFile);
const NAMES = ["lifeline", "stdout", "stderr", "reports"] as const;

/** The server's ends. */
export interface Pipes {
  readonly reports: Readable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** A few bytes: they are whole or not at all. What a container that is gone should hear is lost. */
  write(text: string): void;
  /** Lets go of all of them. May be called twice. */
  close(): void;
}

export interface NewPipes extends Pipes {
  /** For the child, as its descriptors 0 to 3. */
  readonly childEnds: readonly number[];
  /** The child has them. */
  handed(): void;
}

/** `outlives`: the container goes on when its last server lets go of the lifeline. */
export async function makePipes(directory: string, outlives: boolean): Promise<NewPipes> {
  await exec("mkfifo", ["-m", "600", ...NAMES.map((name) => join(directory, name))]);
  // Opened for both first: an end alone waits for the other.
  const both = NAMES.map((name) => openSync(join(directory, name), constants.O_RDWR));
  const lifeline = outlives ? undefined : openSync(join(directory, "lifeline"), constants.O_RDONLY);
  const childEnds = lifeline === undefined ? both : [lifeline, ...both.slice(1)];
  const ours = openPipes(directory);
  const handed = (): void => {
    for (const fd of new Set([...both, ...childEnds])) closeSync(fd);
  };
  return { ...ours, childEnds, handed };
}

/** Those of a container that runs. Throws when it has none. */
export function openPipes(directory: string): Pipes {
  const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
  const reader = (name: string): Socket =>
    new Socket({ fd: openSync(join(directory, name), O_RDONLY | O_NONBLOCK), readable: true, writable: false });
  // Throws where nobody reads it: the container is gone.
  let writeEnd: number | null = openSync(join(directory, "lifeline"), O_WRONLY | O_NONBLOCK);
  const readers = { reports: reader("reports"), stdout: reader("stdout"), stderr: reader("stderr") };
  return {
    ...readers,
    write: (text) => {
      if (writeEnd !== null) told(writeEnd, text);
    },
    close: () => {
      if (writeEnd !== null) closeSync(writeEnd);
      writeEnd = null;
      for (const one of Object.values(readers)) one.destroy();
    },
  };
}

function told(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch (error) {
    // It is gone, which its reports say; or so far behind that it will be.
    if (!(error instanceof Error && "code" in error && (error.code === "EPIPE" || error.code === "EAGAIN")))
      throw error;
  }
}
