/** The batches that this process knows: one run per item. The oldest ended ones are forgotten, whole. */
import type {
  BatchRequest,
  Batch as BatchView,
  Caller,
  JsonText,
  LimitValues,
  Page,
  RunRecord,
  RunRequest,
} from "@runagent/protocol";
import { newId, RunAgentError } from "@runagent/protocol";
import { mayRead } from "./access.ts";
import type { Admission } from "./admission.ts";
import { Batch } from "./batch.ts";
import type { IdempotencyKeys, IdempotentRequest, KeyScope } from "./idempotency.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { listRuns } from "./listing.ts";
import type { Clock } from "./ports.ts";
import type { Run, RunLinks } from "./run.ts";
import type { Versions } from "./versions.ts";

export interface BatchesParts {
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "batch" | "batch_runs_in_memory">;
  readonly admission: Admission;
  readonly lifecycle: Lifecycle;
  readonly versions: Versions;
  readonly keys: IdempotencyKeys<Batch>;
}

export interface MadeBatch {
  readonly batch: BatchView;
  /** It had been made before, under the same Idempotency-Key. */
  readonly replayed: boolean;
}

interface Known {
  readonly batch: Batch;
  readonly request: BatchRequest;
}

export class BatchTable {
  readonly #parts: BatchesParts;
  readonly #known = new Map<string, Known>();
  #items = 0;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  start(request: BatchRequest): MadeBatch {
    const { limits, keys, admission } = this.#parts;
    admission.assertOpen();
    const known = this.join(request);
    if (known !== null) return known;
    if (request.items.length > limits.batch) {
      throw new RunAgentError("INVALID_REQUEST", `A batch has at most ${limits.batch} items.`, {
        errors: [{ pointer: "/items", detail: `more than ${limits.batch}` }],
      });
    }
    const batch = this.#make(request);
    keys.store(request, batch);
    batch.fill();
    return { batch: batch.view(), replayed: false };
  }

  /** The batch that the same request made before, or null. */
  join(request: IdempotentRequest): MadeBatch | null {
    const known = this.#parts.keys.find(request);
    return known === null ? null : { batch: known.view(), replayed: true };
  }

  /** Tag of the batch that was made under the key, or null. */
  tagUnder(scope: KeyScope): string | null {
    return this.#parts.keys.madeUnder(scope)?.tag ?? null;
  }

  get(caller: Caller, id: string): BatchView {
    return this.#find(caller, id).batch.view();
  }

  /** Newest first, as every list: the last item comes first. */
  runs(caller: Caller, id: string, cursor: string | null, limit: number): Page<RunRecord> {
    const { batch } = this.#find(caller, id);
    const filter = { agent: null, statuses: null, session: null, batch: id, sinceMs: null, cursor, limit };
    return listRuns(batch.runs, null, filter); // who may see the batch may see its runs
  }

  cancel(caller: Caller, id: string, reason: string | null): BatchView {
    const { batch } = this.#find(caller, id);
    if (!batch.ended) {
      batch.cancelled = true;
      for (const run of batch.runs) this.#parts.lifecycle.cancel(run, "caller", reason);
    }
    return batch.view();
  }

  /** A new batch of the items that did not succeed. */
  retry(caller: Caller, id: string): BatchView {
    this.#parts.admission.assertOpen();
    const { batch, request } = this.#find(caller, id);
    if (!batch.ended) throw new RunAgentError("CONFLICT", "The batch has not ended yet.");
    const runs = batch.runs.filter((run) => !succeeded(run));
    if (runs.length === 0) throw new RunAgentError("CONFLICT", "Every item of the batch has succeeded.");
    const items = runs.map((run) => run.request.input);
    const version = this.#parts.versions.newest(request.agent)?.name ?? request.version; // the newest code
    const again = this.#make({ ...request, caller, version, items, idempotency: null }, runs);
    again.fill();
    return again.view();
  }

  /** A run has ended. */
  left(run: Run): void {
    const id = run.links.batch;
    const known = id === undefined ? undefined : this.#known.get(id);
    known?.batch.left(run);
  }

  /** `retried`: the runs that its items are from. */
  #make(request: BatchRequest, retried: readonly Run[] = []): Batch {
    const { clock, versions, admission } = this.#parts;
    const home = versions.get(request.agent, request.version);
    const id = newId("bat");
    const runs = request.items.map((input, index) =>
      admission.make(home, this.#runRequest(request, home.name, input), links(id, index, retried[index])),
    );
    const most = versions.poolOf(home).most * home.entry(request.tag).slots;
    const batch = new Batch({
      id,
      agent: request.agent,
      tag: request.tag,
      runs,
      concurrency: request.concurrency ?? most,
      createdAt: clock.now(),
      release: (run) => admission.enter(run),
    });
    this.#known.set(id, { batch, request });
    this.#items += runs.length;
    this.#trim();
    return batch;
  }

  #runRequest(request: BatchRequest, version: string, input: JsonText): RunRequest {
    const { caller, agent, tag } = request;
    return { ...ITEM, caller, agent, version, tag, input, admittedAt: this.#parts.clock.now() };
  }

  #trim(): void {
    for (const [id, { batch, request }] of this.#known) {
      if (this.#items <= this.#parts.limits.batch_runs_in_memory) return;
      if (!batch.ended) continue;
      this.#known.delete(id);
      this.#items -= batch.runs.length;
      this.#parts.keys.forget(request, batch);
    }
  }

  #find(caller: Caller, id: string): Known {
    const known = this.#known.get(id);
    if (known !== undefined && mayRead(caller, known.request)) return known;
    throw new RunAgentError("BATCH_NOT_FOUND", `There is no batch ${id}.`);
  }
}

const ITEM = {
  session: null,
  user: null,
  timeoutMs: null,
  durable: true,
  background: false,
  stream: false,
  idempotency: null,
  metadata: "{}",
  traceparent: null,
} as const;

function links(batch: string, index: number, retried: Run | undefined): RunLinks {
  return { batch, index, ...(retried !== undefined && { retryOf: retried.id }) };
}

const succeeded = (run: Run): boolean => run.state.kind === "ended" && run.state.outcome.kind === "succeeded";
