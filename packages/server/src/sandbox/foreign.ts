/** A process that is not our child: that it ended is seen; how, only if somebody tells. */
import { setTimeout as pause } from "node:timers/promises";
import type { Process, ProcessExit } from "./driver.ts";
import { isGone } from "./process/table.ts";
import { within } from "./within.ts";

const LOOK_MS = 200;

export function foreign(pid: number, told: Promise<ProcessExit>, newsMs: number): Process {
  const seen = seenGone(pid).then(async (gone) => (await within(told, newsMs)) ?? gone);
  return { pid, exited: Promise.race([told, seen]), untold: new Promise(() => undefined) };
}

async function seenGone(pid: number): Promise<ProcessExit> {
  while (!(await isGone(pid))) await pause(LOOK_MS, undefined, { ref: false });
  return { code: null, signal: null, error: null };
}
