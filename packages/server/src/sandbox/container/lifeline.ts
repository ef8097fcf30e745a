/**
 * A named pipe that ends when its last writer does. The first process of a container reads it and we hold its other end, so
 * that the container ends with us; a server that comes after us may take hold of it as well.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";

const exec = promisify(execFile);

export interface Lifeline {
  /** For the child's stdin; ours is closed with `handed`. */
  readonly readEnd: number;
  handed(): void;
  /** A few bytes: they are whole or not at all. */
  write(text: string): void;
  /** Lets go. May be called twice. */
  close(): void;
}

export async function makeLifeline(path: string): Promise<Lifeline> {
  await exec("mkfifo", ["-m", "600", path]);
  // Opened for both first: an end alone waits for the other.
  const both = openSync(path, constants.O_RDWR);
  const readEnd = openSync(path, constants.O_RDONLY);
  let writeEnd: number | null = openSync(path, constants.O_WRONLY);
  closeSync(both);
  return {
    readEnd,
    handed: () => closeSync(readEnd),
    write: (text) => void (writeEnd !== null && writeSync(writeEnd, text)),
    close: () => {
      if (writeEnd !== null) closeSync(writeEnd);
      writeEnd = null;
    },
  };
}
