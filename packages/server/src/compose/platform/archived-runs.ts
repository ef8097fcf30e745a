/** Runs, as the gateway asks for them: those that the scheduler knows, else the archived ones, under the same rules. */
import {
  type Caller,
  type Page,
  RunAgentError,
  type RunFilter,
  type RunRecord,
  type RunRequest,
} from "@runagent/protocol";
import type { RunArchive } from "../../control/runs/archive.ts";
import { ArchivedHandle } from "../../control/runs/archived-handle.ts";
import type { Found } from "../../control/runs/ports.ts";
import type { Runs } from "../../gateway/index.ts";
import { mayRead } from "../../scheduler/access.ts";
import type { SchedulerRuns } from "../../scheduler/scheduler.ts";

export function archivedRuns(live: SchedulerRuns, archive: RunArchive): Runs {
  const find = (caller: Caller, id: string): ArchivedHandle | null => readable(archive, caller, id);
  return {
    start: (request) => live.start(request),
    tagUnder: (scope) => live.tagUnder(scope) ?? archive.under(scope)?.about.record.tag ?? null,
    join: (call) => live.join(call) ?? joined(archive, call),
    get: (caller, id) =>
      orElse<ReturnType<Runs["get"]>>(
        () => live.get(caller, id),
        () => find(caller, id),
      ),
    list: (caller, filter) => merged(live.list(caller, filter), archive.list(caller, filter), filter.limit),
    logs: (caller, id) =>
      orElse(
        () => live.logs(caller, id),
        () => find(caller, id)?.logs ?? null,
      ),
    cancel: (caller, id, by, reason) =>
      orElse(
        () => live.cancel(caller, id, by, reason),
        () => endedRecord(find(caller, id)),
      ),
    retry: (caller, id) =>
      orElse(
        () => live.retry(caller, id),
        () => retried(live, caller, find(caller, id)),
      ),
    resume: (caller, id, value) =>
      orElse(
        () => live.resume(caller, id, value),
        () => notWaiting(find(caller, id)),
      ),
  };
}

/** What only the archive may know. Null there: what the scheduler said counts. */
function orElse<T>(known: () => T, archived: () => T | null): T {
  try {
    return known();
  } catch (fault) {
    if (!(fault instanceof RunAgentError) || fault.code !== "RUN_NOT_RECORDED") throw fault;
    const found = archived();
    if (found === null) throw fault;
    return found;
  }
}

function readable(archive: RunArchive, caller: Caller, id: string): ArchivedHandle | null {
  const found = archive.find(id);
  if (found === null) return null;
  if (mayRead(caller, madeBy(found))) return new ArchivedHandle(found, { replayed: false });
  throw new RunAgentError("RUN_NOT_FOUND", `There is no run ${id}.`);
}

const madeBy = ({ about: { keyId, record } }: Found) => ({
  agent: record.agent,
  caller: keyId === null ? null : { keyId, scopes: [] },
});

function joined(
  archive: RunArchive,
  { caller, agent, idempotency }: Parameters<Runs["join"]>[0],
): ArchivedHandle | null {
  const found = idempotency === null ? null : archive.under({ caller, agent, key: idempotency.key });
  if (found === null || idempotency === null) return null;
  if (found.about.idempotency?.fingerprint === idempotency.fingerprint) {
    return new ArchivedHandle(found, { replayed: true });
  }
  const detail = `The Idempotency-Key ${JSON.stringify(idempotency.key)} was used for another tag or body.`;
  throw new RunAgentError("IDEMPOTENCY_KEY_REUSED", detail);
}

const endedRecord = (run: ArchivedHandle | null) => (run === null ? null : { record: run.record(), ended: true });

function retried(live: SchedulerRuns, caller: Caller, run: ArchivedHandle | null): ReturnType<Runs["retry"]> | null {
  return run === null ? null : live.again(requestOf(caller, run.record()), run.id);
}

function requestOf(caller: Caller, record: RunRecord): RunRequest {
  const { agent, version, tag, input, session, user, metadata } = record;
  return {
    ...{ caller, agent, version, tag, input, session, user, metadata, admittedAt: Date.now() },
    ...{ timeoutMs: null, durable: true, background: true, stream: false, idempotency: null, traceparent: null },
  };
}

function notWaiting(run: ArchivedHandle | null): null {
  if (run === null) return null;
  throw new RunAgentError("CONFLICT", "The run does not wait for an answer.", { run_id: run.id });
}

/** Newest first, each once: as the scheduler knows it. */
function merged(live: Page<RunRecord>, archived: Page<RunRecord>, limit: RunFilter["limit"]): Page<RunRecord> {
  const known = new Set(live.items.map((one) => one.id));
  const all = [...live.items, ...archived.items.filter((one) => !known.has(one.id))];
  const items = all.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
  const more = all.length > items.length || live.next !== null || archived.next !== null;
  return { items, next: more ? (items.at(-1)?.id ?? null) : null };
}
