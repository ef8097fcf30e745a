/** Runs of every agent: found, listed, taken up again. */
import type { Page, Run, RunStatus } from "@runagent/protocol/run";
import { eachItem } from "./pages.ts";
import { RunHandle, type Waiting } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

/** Filters combine with *and*. */
export interface RunFilter extends Waiting {
  readonly agent?: string;
  readonly status?: RunStatus | readonly RunStatus[];
  readonly session?: string;
  readonly batch?: string;
  /** RFC 3339, or how long ago: `10m`. */
  readonly since?: string;
  /** Items of one page, at most 200. */
  readonly limit?: number;
}

export class RunsClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Asks nobody: the run may not exist. */
  handle(id: string): RunHandle {
    return new RunHandle(this.#transport, id);
  }

  get(id: string, options: Waiting = {}): Promise<Run> {
    return this.handle(id).status(options);
  }

  /** Newest first, as many pages as are read. */
  list(filter: RunFilter = {}): AsyncGenerator<Run, void, undefined> {
    return eachItem((cursor) => this.page(filter, cursor));
  }

  /** One page; `next` of it is the cursor of the following. */
  page(filter: RunFilter = {}, cursor?: string): Promise<Page<Run>> {
    const { signal, ...query } = filter;
    return this.#transport.json<Page<Run>>({ method: "GET", path: "v1/runs", query: { ...query, cursor }, signal });
  }
}
