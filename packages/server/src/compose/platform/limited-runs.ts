/** Runs, each counted against its key's runs at a time; durable ones only while there is room on the disk. */
import type { Caller, RunRequest } from "@runagent/protocol";
import type { Runs } from "../../gateway/index.ts";

interface Limiting {
  /** Its result gives back. Throws RATE_LIMITED. */
  readonly take: (caller: Caller) => () => void;
  /** Throws STORAGE_FULL. */
  readonly room: () => void;
}

export function limitedRuns(runs: Runs, { take, room }: Limiting): Runs {
  const start = (request: RunRequest): ReturnType<Runs["start"]> => {
    if (request.durable) room();
    const leave = take(request.caller);
    try {
      const run = runs.start(request);
      void run.answer.then(leave);
      return run;
    } catch (fault) {
      leave();
      throw fault;
    }
  };
  return {
    start,
    tagUnder: (scope) => runs.tagUnder(scope),
    join: (call) => runs.join(call),
    get: (caller, id) => runs.get(caller, id),
    list: (caller, filter) => runs.list(caller, filter),
    logs: (caller, id) => runs.logs(caller, id),
    cancel: (caller, id, by, reason) => runs.cancel(caller, id, by, reason),
    retry: (caller, id) => runs.retry(caller, id),
    resume: (caller, id, value) => runs.resume(caller, id, value),
  };
}
