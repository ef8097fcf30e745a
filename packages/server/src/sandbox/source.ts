/** Where workers come from: forks of a template (`forks.ts`) or fresh processes (`processes.ts`). */
import type { AgentSpec } from "@runagent/protocol";
import type { Listener } from "./channel/listener.ts";
import type { KeptProcess } from "./ledger.ts";
import type { ChannelWorker, Surroundings } from "./worker.ts";

export interface WorkerSource {
  /** Rejects with LOAD_FAILED or NO_CAPACITY. */
  spawn(options: { readonly once: boolean }): Promise<ChannelWorker>;
  /** What it holds ready and nobody has taken; and no further ones. */
  close(): void;
  /** The same, without ending what is not a worker. */
  leave(): void;
}

export interface SourceOptions {
  readonly agent: AgentSpec;
  readonly listener: Listener;
  readonly around: Surroundings;
  /** A name for a process, never used before. */
  readonly newName: () => string;
  /** Aborted when the sandbox closes. */
  readonly signal: AbortSignal;
  /** Every worker, before anybody has it. */
  readonly onWorker: (worker: ChannelWorker) => void;
  readonly onTemplate: (row: KeptProcess) => void;
  /** Of a template. */
  readonly onEnded: (name: string) => void;
}
