/** The archive of ended runs, beside the engine: a durable run is in one of the two at any moment. */
import { join } from "node:path";
import { DEFAULT_LIMITS as LIMITS } from "@runagent/protocol";
import { RunArchive } from "../../control/runs/archive.ts";
import { KEPT_RUNS, recoverRuns } from "../../control/runs/recover.ts";
import type { Terminal } from "../../control/terminal.ts";
import type { Store } from "../../engine/ports.ts";
import type { RecordStore } from "../../scheduler/ports.ts";
import type { DataDirectory } from "./data-directory.ts";

interface Beside {
  readonly store: Store;
  readonly terminal: Terminal;
}

export function openArchive(data: DataDirectory, { store, terminal }: Beside): Promise<RunArchive> {
  const complain = (fault: unknown): void => terminal.note(`The record of an archived run stays: ${String(fault)}`);
  return RunArchive.open({
    ...{ file: join(data.path, "runs.db"), limits: LIMITS, now: Date.now },
    written: async (ids) => {
      await Promise.all(ids.map((id) => store.update(`${KEPT_RUNS}${id}`, () => null))).catch(complain);
    },
    note: (sentence) => terminal.note(sentence),
  });
}

/** What the scheduler forgets may not be archived yet: a record is deleted when the archive has written the run. */
export function keptUntilArchived(store: Store): RecordStore {
  return { update: (key, f) => store.update(key, (value) => f(value) ?? undefined) };
}

interface Recovering extends Beside {
  readonly archive: RunArchive;
}

/** Before the first call: what an earlier server left unfinished has its one end. */
export async function endLostRuns({ store, archive, terminal }: Recovering): Promise<void> {
  const lost = await recoverRuns({ records: store, archive, now: Date.now });
  if (lost > 0)
    terminal.note(`Runs that the server before this one did not end: ${lost}. They failed with WORKER_LOST.`);
}
