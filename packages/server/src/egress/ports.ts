/** The way out of sandboxes, as the rest sees it. */
import type { MappedHost } from "./mapped-hosts.ts";
import type { DaemonLimits, Report } from "./messages.ts";

export interface EgressOptions {
  /** Namespaces are kept in here. */
  readonly folder: string;
  readonly mapped: readonly MappedHost[];
  /** CIDR ranges that agents may reach though they are private. */
  readonly privateRanges: readonly string[];
  readonly limits: DaemonLimits & { readonly restart_pause: number };
  /** How long networks and what is open in them live on without this server, in milliseconds; 0: they end with it. */
  readonly outlives: number;
  /** Networks of an earlier server whose sandboxes are adopted. All others of it are taken away. */
  readonly inherited: readonly Inherited[];
  /** Marks a folder as that of this process; whether one belongs to a process that runs. */
  readonly claim: (directory: string) => void;
  readonly isOwned: (directory: string) => boolean;
  readonly onReport: (visitor: Visitor, report: Report) => void;
  /** One sentence for the server's log. */
  readonly note: (sentence: string) => void;
}

/** Whose sandbox it is. */
export interface Visitor {
  readonly agent: string;
  readonly version: string;
}

export interface ExitOrder extends Visitor {
  /** `network.egress`. */
  readonly rules: readonly string[];
}

/** A network that an earlier server made, and what is allowed there now. */
export interface Inherited extends ExitOrder {
  readonly network: string;
}

/** One sandbox's network. */
export interface Exit {
  /** The path of its namespace. */
  readonly network: string;
  /** May be called twice. */
  close(): Promise<void>;
}

export interface Egress {
  /** Rejects with NO_CAPACITY. */
  open(order: ExitOrder): Promise<Exit>;
  /** One of `inherited`; null: it is no more, and its sandbox has no way out. */
  inherited(network: string): Exit | null;
  /** Lets go of all networks that are in use, and ends the rest. What is open goes on until the next server is there. */
  leave(): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}

export type { MappedHost, Report };
