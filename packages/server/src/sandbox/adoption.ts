/**
 * Going on with what an earlier server started: its processes look for a server at the same socket and name themselves with
 * their old tokens. Who does not come back in time is ended.
 */
import { setTimeout as pause } from "node:timers/promises";
import { Link } from "./channel/link.ts";
import type { Process, ProcessExit } from "./driver.ts";
import type { KeptProcess } from "./ledger.ts";
import type { Resume } from "./ports.ts";
import { isGone } from "./process/table.ts";
import type { SourceOptions } from "./source.ts";
import type { Template } from "./template.ts";
import { within } from "./within.ts";
import { ChannelWorker } from "./worker.ts";

const LOOK_MS = 200;

export interface Adoption {
  readonly options: SourceOptions;
  readonly resume: Resume;
  /** That forked it, and tells how it ends. */
  readonly template: Template | null;
}

/** Resolves when it is back; null: it did not come, and is no more. */
export async function adoptWorker(kept: KeptProcess, adoption: Adoption): Promise<ChannelWorker | null> {
  const { options, resume, template } = adoption;
  const { around, listener } = options;
  const link = new Link({ name: kept.name, token: kept.token, agent: null, known: true });
  const told = template?.exitOf(kept.name) ?? around.driver.exitOf(kept.name);
  const worker = new ChannelWorker(link, foreign(kept.pid, told, around.limits.exit_news), around);
  worker.heir(resume);
  if (kept.once) worker.endAfterOneRun();
  listener.expect(link);
  const back = worker.greeted.then(() => worker);
  const came = await within(Promise.race([back, worker.exited]), around.limits.adoption_time);
  if (came !== worker) {
    await worker.kill();
    return null;
  }
  options.onWorker(worker);
  return worker;
}

/** Not our child: that it ended is seen; how, only if somebody tells. */
export function foreign(pid: number, told: Promise<ProcessExit>, newsMs: number): Process {
  const seen = seenGone(pid).then(async (gone) => (await within(told, newsMs)) ?? gone);
  return { pid, exited: Promise.race([told, seen]), untold: new Promise(() => undefined) };
}

async function seenGone(pid: number): Promise<ProcessExit> {
  while (!(await isGone(pid))) await pause(LOOK_MS, undefined, { ref: false });
  return { code: null, signal: null, error: null };
}
