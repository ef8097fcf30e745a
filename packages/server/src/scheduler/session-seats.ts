/**
 * One run at a time per session. A run has the seat from its turn until it has left its worker, so no two processes ever
 * write one session's state. What comes while the seat is taken goes by the agent's `session.on_busy`.
 */
import type { AgentConfig, JsonText } from "@runagent/protocol";
import { sessionBusy } from "./problems.ts";

export type OnBusy = AgentConfig["session"]["onBusy"];

export interface Session<Run> {
  readonly agent: string;
  readonly id: string;
  /** User or key that used it first; null: anyone of `serve`. */
  readonly owner: string | null;
  readonly user: string | null;
  readonly createdAt: number;
  updatedAt: number;
  runs: number;
  state: JsonText | null;
  seated: Run | null;
  readonly waiting: Run[];
}

export interface Seating<Run> {
  readonly onBusy: OnBusy;
  readonly most: number;
  /** Ends a run that must make room. */
  readonly oust: (run: Run) => void;
}

/** Throws SESSION_BUSY when the run may not even wait. */
export function assertRoom<Run>(session: Session<Run>, { onBusy, most }: Seating<Run>): void {
  if (session.seated === null || onBusy === "interrupt" || onBusy === "rollback") return;
  if (onBusy === "reject" || session.waiting.length >= most) throw sessionBusy(session.id, session.waiting.length);
}

/** Whether the run has the seat at once; else `unseat` of another names it when its turn comes. */
export function seat<Run>(session: Session<Run>, run: Run, seating: Seating<Run>): boolean {
  session.runs += 1;
  if (session.seated !== null) {
    session.waiting.push(run);
    if (seating.onBusy === "interrupt" || seating.onBusy === "rollback") oustOthers(session, run, seating.oust);
    return false;
  }
  session.seated = run;
  return true;
}

/** The run is gone. Returns the next whose turn it is, or null. */
export function unseat<Run>(session: Session<Run>, run: Run): Run | null {
  if (session.seated === run) {
    session.seated = session.waiting.shift() ?? null;
    return session.seated;
  }
  const at = session.waiting.indexOf(run);
  if (at >= 0) session.waiting.splice(at, 1);
  return null;
}

function oustOthers<Run>(session: Session<Run>, run: Run, oust: (run: Run) => void): void {
  for (const other of [session.seated, ...session.waiting]) if (other !== null && other !== run) oust(other);
}
