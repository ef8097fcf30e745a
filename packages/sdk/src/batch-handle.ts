/** Many runs that were started together. Holds no connection: `wait` looks again and again, ever less often. */

import { DEFAULT_LIMITS } from "@runagent/protocol/limits";
import type { Batch, Page, Run } from "@runagent/protocol/run";
import { eachItem } from "./pages.ts";
import { pause } from "./pause.ts";
import type { Waiting } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

export class BatchHandle {
  readonly id: string;
  readonly #transport: Transport;

  constructor(transport: Transport, id: string) {
    this.#transport = transport;
    this.id = id;
  }

  status(options: Waiting = {}): Promise<Batch> {
    return this.#transport.json<Batch>({ method: "GET", path: this.#path(), signal: options.signal });
  }

  /** Resolves when no run of it is left to wait for. Runs that failed do not reject: see `results`. */
  async wait(options: Waiting = {}): Promise<Batch> {
    for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 2, DEFAULT_LIMITS.batch_poll)) {
      const batch = await this.status(options);
      if (batch.status !== "running") return batch;
      await pause(ms, options.signal);
    }
  }

  /** Its runs, each with `index`, in whatever order the server lists them. */
  runs(options: Waiting = {}): AsyncGenerator<Run, void, undefined> {
    return eachItem((cursor) =>
      this.#transport.json<Page<Run>>({
        method: "GET",
        path: this.#path("runs"),
        query: { cursor, limit: DEFAULT_LIMITS.list },
        signal: options.signal,
      }),
    );
  }

  /** Waits, then gives the runs in the order of the items: `output` or `error` in each. */
  async results(options: Waiting = {}): Promise<readonly Run[]> {
    await this.wait(options);
    const runs: Run[] = [];
    for await (const run of this.runs(options)) runs.push(run);
    return runs.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
  }

  cancel(options: Waiting = {}): Promise<Batch> {
    return this.#transport.json<Batch>({ method: "POST", path: this.#path("cancel"), signal: options.signal });
  }

  /** Runs the items again that did not succeed. */
  retry(options: Waiting = {}): Promise<Batch> {
    return this.#transport.json<Batch>({ method: "POST", path: this.#path("retry"), signal: options.signal });
  }

  #path(part?: string): string {
    const batch = `v1/batches/${encodeURIComponent(this.id)}`;
    return part === undefined ? batch : `${batch}/${part}`;
  }
}

const FIRST_PAUSE_MS = 50;
