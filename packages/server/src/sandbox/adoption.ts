/**
 * Going on with workers that an earlier server started: they look for a server at the same socket and name themselves
 * with their old tokens. Who does not come back in time has lost its runs, and is ended.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { KeptCall } from "./channel/calls.ts";
import { Link } from "./channel/link.ts";
import type { Listener } from "./channel/listener.ts";
import type { Process, ProcessExit } from "./driver.ts";
import type { RunSink } from "./ports.ts";
import { isGone } from "./process/table.ts";
import { ChannelWorker, type KeptWorker, type Surroundings } from "./worker.ts";

const LOOK_MS = 200;

export interface Adoption {
  readonly listener: Listener;
  readonly around: Surroundings;
  /** Where a run goes on; null: nobody wants it, the worker cancels it when it is back. */
  readonly sinkOf: (call: KeptCall) => RunSink | null;
}

/** @public For the server that is started again; `serve` never is. */
export function adoptWorker(kept: KeptWorker, { listener, around, sinkOf }: Adoption): ChannelWorker {
  const link = new Link({ name: kept.name, token: kept.token, agent: null, known: true });
  const worker = new ChannelWorker(link, foreign(kept.pid), around);
  for (const call of kept.calls) {
    const sink = sinkOf(call);
    if (sink !== null) worker.adopt(call, sink);
  }
  listener.expect(link);
  return worker;
}

/** Not our child: that it ended is seen, how is not. */
function foreign(pid: number): Process {
  return { pid, exited: seenGone(pid), untold: new Promise(() => undefined) };
}

async function seenGone(pid: number): Promise<ProcessExit> {
  while (!(await isGone(pid))) await pause(LOOK_MS, undefined, { ref: false });
  return { code: null, signal: null, error: null };
}
