/**
 * Going on with what an earlier server started: its processes look for a server at the same socket and name themselves with
 * their old tokens. Who does not come back in time is ended.
 */
import { Link } from "./channel/link.ts";
import { foreign } from "./foreign.ts";
import type { KeptProcess } from "./ledger.ts";
import type { Resume } from "./ports.ts";
import type { SourceOptions } from "./source.ts";
import type { Template } from "./template.ts";
import { within } from "./within.ts";
import { ChannelWorker } from "./worker.ts";

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
