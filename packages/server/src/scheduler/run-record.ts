/** A run as the API shows it. Made when somebody looks, so that a run that nobody looks at costs no dates. */
import type { CancelledBy, Interrupt, JsonText, KeptRun, RunRecord, RunRequest, RunStatus } from "@runagent/protocol";
import type { RunState } from "./run-state.ts";

interface Recorded {
  readonly id: string;
  readonly request: RunRequest;
  readonly version: string;
  readonly state: RunState;
  readonly attempt: number;
  readonly durable: boolean;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly events: { readonly last: number };
  readonly links: { readonly retryOf?: string; readonly batch?: string; readonly index?: number };
}

export function toRecord(run: Recorded): RunRecord {
  const { request, state, links } = run;
  return {
    id: run.id,
    agent: request.agent,
    version: run.version,
    tag: request.tag,
    status: statusOf(state),
    input: request.input,
    output: outputOf(state),
    error: state.kind === "ended" && state.outcome.kind === "failed" ? state.outcome.problem : null,
    session: request.session,
    user: request.user,
    attempt: run.attempt,
    metadata: request.metadata,
    durable: run.durable,
    created_at: iso(run.createdAt),
    started_at: run.startedAt === null ? null : iso(run.startedAt),
    ended_at: run.endedAt === null ? null : iso(run.endedAt),
    usage: {
      duration_ms: run.startedAt === null || run.endedAt === null ? 0 : run.endedAt - run.startedAt,
      input_tokens: run.inputTokens,
      output_tokens: run.outputTokens,
    },
    last_event: run.events.last,
    ...(links.retryOf !== undefined && { retry_of: links.retryOf }),
    ...(links.batch !== undefined && { batch: links.batch }),
    ...(links.index !== undefined && { index: links.index }),
    ...ending(state),
  };
}

/** For the server that finds it after this one. */
export function toKept(run: Recorded & Kept): KeptRun {
  return {
    record: toRecord(run),
    key_id: run.request.caller?.keyId ?? null,
    idempotency: run.request.idempotency,
    background: run.inBackground,
    idempotent: run.entry.attempts.idempotent,
  };
}

interface Kept {
  readonly inBackground: boolean;
  readonly entry: { readonly attempts: { readonly idempotent: boolean } };
}

export function statusOf(state: RunState): RunStatus {
  return state.kind === "ended" ? state.outcome.kind : state.kind;
}

function outputOf(state: RunState): JsonText | null {
  return state.kind === "ended" && state.outcome.kind === "succeeded" ? state.outcome.output : null;
}

interface Ending {
  readonly cancelled?: { readonly by: CancelledBy; readonly reason: string | null };
  readonly waiting?: { readonly interrupts: readonly Interrupt[] };
}

function ending(state: RunState): Ending {
  if (state.kind === "waiting") return { waiting: { interrupts: state.interrupts } };
  if (state.kind !== "ended" || state.outcome.kind !== "cancelled") return {};
  return { cancelled: { by: state.outcome.by, reason: state.outcome.reason } };
}

export const iso = (ms: number): string => new Date(ms).toISOString();
