import type { Writable } from "node:stream";

export type IsolationChoice = "auto" | "container" | "gvisor" | "none";

/** What `runagent server` was told. Paths are absolute; the environment was read once, by the caller. */
export interface PlatformOptions {
  /** The data directory. */
  readonly data: string;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly isolation: IsolationChoice;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** A proxy in front ends TLS and says who calls. */
  readonly behindProxy: boolean;
  /** Bytes of the disk that stay free; null: the smaller of 2 GiB and 5 %. */
  readonly diskReserve: number | null;
  readonly drainTimeoutMs: number;
  readonly egressPrivate: readonly string[];
  readonly mapHosts: readonly string[];
  /** The master key, from the environment; null: the data directory's own. */
  readonly masterKey: string | null;
  /** A new login code, though there is an admin's key. */
  readonly newLoginCode: boolean;
  /** A listening socket that was handed over; null: none was. */
  readonly listenFd: number | null;
  readonly logFormat: "text" | "json";
  readonly json: boolean;
  readonly quiet: boolean;
  readonly color: boolean;
  readonly shellEnv: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** A person watches stderr: progress is shown. */
  readonly watched: boolean;
  /** Aborts with the name of the signal as reason's `signal`: SIGTERM drains, SIGINT ends everything. */
  readonly signal: AbortSignal;
}

export interface RunningPlatform {
  readonly url: string;
  /** Resolves with the exit code when it is closed. */
  readonly closed: Promise<number>;
  close(reason: "SIGINT" | "SIGTERM"): Promise<void>;
}
