import type { Writable } from "node:stream";
import type { Problem } from "@runagent/protocol";

/** What `runagent serve` was told. Paths are absolute; the environment was read once, by the caller. */
export interface ServeOptions {
  readonly path: string;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Somebody named the port: if it is taken, that is an error. */
  readonly portExplicit: boolean;
  readonly reload: boolean;
  readonly envFile: string | null;
  readonly entry: string | null;
  readonly python: string | null;
  readonly sandbox: boolean;
  /** `NAME[:PORT]=ADDRESS:PORT`: where names lead that a sandboxed agent asks for. */
  readonly mapHosts: readonly string[];
  readonly explain: boolean;
  readonly logFormat: "text" | "json";
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: boolean;
  /** RUNAGENT_HOME. */
  readonly home: string;
  readonly shellEnv: Readonly<Record<string, string | undefined>>;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** A person watches stderr: progress is shown. */
  readonly watched: boolean;
  /** Aborts, also while the agent is still being loaded: everything that was started is ended. */
  readonly signal: AbortSignal;
}

export interface RunningServe {
  readonly url: string;
  /** Resolves with the exit code when everything that was started is gone. */
  readonly closed: Promise<number>;
  close(reason: "SIGINT" | "SIGTERM"): Promise<void>;
}

/** `serve` cannot begin: there is nothing to serve, or the port is taken. */
export class ServeRefused extends Error {
  override readonly name = "ServeRefused";
  readonly exitCode: number;
  readonly problem: Problem;

  constructor(exitCode: number, problem: Problem, options?: ErrorOptions) {
    super(problem.detail, options);
    this.exitCode = exitCode;
    this.problem = problem;
  }
}
