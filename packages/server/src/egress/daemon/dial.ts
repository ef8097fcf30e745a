/** Connects to the first of some checked addresses that answers. No name is looked up here: what was checked is what is dialled. */
import { connect, type Socket } from "node:net";

export interface Target {
  readonly address: string;
  readonly port: number;
}

/** Null: none answers in time, or the signal aborted. */
export async function dial(targets: readonly Target[], ms: number, signal: AbortSignal): Promise<Socket | null> {
  for (const target of targets) {
    if (signal.aborted) return null;
    const socket = await tryOne(target, ms, signal);
    if (socket !== null) return socket;
  }
  return null;
}

function tryOne({ address, port }: Target, ms: number, signal: AbortSignal): Promise<Socket | null> {
  const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true, keepAlive: true });
  return new Promise((resolve) => {
    const done = (result: Socket | null): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      socket.off("error", fail);
      if (result === null) socket.on("error", ignore).destroy();
      resolve(result);
    };
    const fail = (): void => done(null);
    const abort = (): void => done(null);
    const timer = setTimeout(fail, ms);
    socket.once("connect", () => done(socket));
    socket.once("error", fail);
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** It was given up already. */
const ignore = (): void => undefined;
