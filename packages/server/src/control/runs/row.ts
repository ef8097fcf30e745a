/** An ended run as it is archived. Made when it is written, so that lines that came after its end are in it too. */
import type { Caller } from "@runagent/protocol";
import type { ArchivedRun, EndedRun, Found, Idempotency } from "./ports.ts";

/** Answers of these may be others next time: their keys are free again. */
const NEVER_REPEATED: ReadonlySet<number> = new Set([429, 503, 507]);

export function rowOf(run: EndedRun): ArchivedRun {
  const { request, state, events } = run;
  const succeeded = state.kind === "ended" && state.outcome.kind === "succeeded" ? state.outcome : null;
  return {
    record: run.record(),
    keyId: request.caller?.keyId ?? null,
    idempotency: repeatable(run) ? request.idempotency : null,
    background: run.inBackground,
    streamed: succeeded?.streamed ?? false,
    attemptFrom: run.attemptFrom,
    events: events.slice(0, events.last),
    logs: run.logs,
  };
}

/** A run as the two tables have it. Texts and numbers: they go to another thread for a fraction of what objects cost. */
export interface Row {
  readonly run: readonly (string | number | null)[];
  readonly parts: readonly (string | null)[];
}

export function columnsOf({ events, logs, ...about }: ArchivedRun): Row {
  const { record, keyId, idempotency } = about;
  const { id, agent, status, session, batch = null } = record;
  const parts = [id, JSON.stringify(about), events === null ? null : JSON.stringify(events), linesOf(logs)];
  const bytes = parts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
  const scope = idempotency === null ? null : scopeText({ keyId, agent, key: idempotency.key });
  const [created, ended] = [Date.parse(record.created_at), Date.parse(record.ended_at ?? record.created_at)];
  return { run: [id, agent, status, session, batch, keyId, scope, created, ended, bytes], parts };
}

const linesOf = (logs: ArchivedRun["logs"]): string | null => (logs.length === 0 ? null : JSON.stringify(logs));

export function foundOf({ events, logs, ...about }: ArchivedRun): Found {
  return { about, events: () => events, logs: () => logs };
}

/** Idempotency-Keys count for one caller's key and one agent. */
export const scopeText = (of: {
  readonly keyId: string | null;
  readonly agent: string;
  readonly key: string;
}): string => JSON.stringify([of.keyId, of.agent, of.key]);

export function scopeOfRun({ request }: { readonly request: ScopedRequest }): string | null {
  const { caller, agent, idempotency } = request;
  return idempotency === null ? null : scopeText({ keyId: caller?.keyId ?? null, agent, key: idempotency.key });
}

interface ScopedRequest {
  readonly caller: Caller;
  readonly agent: string;
  readonly idempotency: Idempotency | null;
}

function repeatable({ state }: EndedRun): boolean {
  return state.kind !== "ended" || state.outcome.kind !== "failed" || !NEVER_REPEATED.has(state.outcome.problem.status);
}
