/** One thing that is measured: started for each round, called on one path, stopped. */
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type StartedProcess, startProcess } from "@runagent/testing";

export interface Target {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly accept?: string;
  readonly authorization?: string;
}

export interface Running extends AsyncDisposable {
  readonly port: number;
  /** The root of its processes, for memory. */
  readonly pid: number;
  /** From start to the first moment it could be called. */
  readonly readyMs: number;
}

export interface Subject {
  readonly name: string;
  start(): Promise<Running>;
}

const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 5;

/** Starts a server that has its port as an argument; it is ready when the port takes connections. */
export async function startOnPort(
  argv: readonly string[],
  port: number,
  options: { cwd?: string; env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Running> {
  const began = performance.now();
  const process = startProcess(argv, options);
  await untilListening(port, process);
  return running(process, port, performance.now() - began);
}

export const running = (process: StartedProcess, port: number, readyMs: number): Running => ({
  port,
  pid: process.pid,
  readyMs,
  [Symbol.asyncDispose]: () => process.close(),
});

async function untilListening(port: number, process: StartedProcess): Promise<void> {
  const end = performance.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (performance.now() > end) {
      await process.close();
      throw new Error(`nothing listens on port ${port}\n${process.output.stderr}`);
    }
    await delay(LOOK_EVERY_MS);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    // Refused: not yet.
    return false;
  } finally {
    socket.destroy();
  }
}
