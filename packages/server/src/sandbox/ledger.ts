/** What a sandbox that may be left writes down as it changes, in its driver's own way. */
import type { Description, WorkerRole } from "@runagent/protocol";

export interface Ledger {
  loaded(description: Description): void;
  began(process: KeptProcess): void;
  ended(name: string): void;
}

/** A process of the sandbox, as the next server finds it. */
export interface KeptProcess {
  readonly name: string;
  readonly role: WorkerRole;
  readonly token: string;
  /** On the host. */
  readonly pid: number;
  /** For one run. */
  readonly once: boolean;
}

/** A sandbox that an earlier server started. */
export interface KeptSandbox {
  readonly name: string;
  readonly description: Description;
  readonly processes: readonly KeptProcess[];
}
