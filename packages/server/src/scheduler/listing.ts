/** Pages of lists: newest first, stable under inserts because the cursor is the id of the last item. */
import type { Caller, IdPrefix, Page, RunFilter, RunRecord } from "@runagent/protocol";
import { isId, RunAgentError } from "@runagent/protocol";
import { mayRead } from "./access.ts";
import type { Run } from "./run.ts";
import { statusOf } from "./run-record.ts";

export function listRuns(runs: Iterable<Run>, caller: Caller, filter: RunFilter): Page<RunRecord> {
  checkCursor("run", filter.cursor);
  const found: Run[] = [];
  for (const run of runs) if (mayRead(caller, run.request) && fits(run, filter)) found.push(run);
  const newest = found.reverse().slice(0, filter.limit);
  const last = newest.at(-1);
  return {
    items: newest.map((run) => run.record()),
    next: found.length > newest.length && last !== undefined ? last.id : null,
  };
}

export function checkCursor(prefix: IdPrefix, cursor: string | null): void {
  if (cursor === null || isId(prefix, cursor)) return;
  throw new RunAgentError("INVALID_REQUEST", `The cursor ${JSON.stringify(cursor)} was not given by this server.`, {
    errors: [{ pointer: "/cursor", detail: "not a cursor" }],
  });
}

function fits(run: Run, { cursor, agent, statuses, session, batch, sinceMs }: RunFilter): boolean {
  return (
    (cursor === null || run.id < cursor) &&
    (agent === null || run.request.agent === agent) &&
    (statuses === null || statuses.includes(statusOf(run.state))) &&
    (session === null || run.request.session === session) &&
    (batch === null || run.links.batch === batch) &&
    (sinceMs === null || run.createdAt >= sinceMs)
  );
}
