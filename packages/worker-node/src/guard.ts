/**
 * Agent code may try to end the process, or let an error escape where nobody awaits it. In a run, both belong to that run
 * and its neighbours live on; outside of runs, `process.exit` really exits.
 */
export interface GuardOwner {
  /** The run whose code runs now asks to end: it fails with this error. */
  fail(error: Error): void;
  /** Nobody awaited this. */
  escaped(what: string, error: unknown): void;
}

export class ProcessExit extends Error {
  override readonly name = "SystemExit";
}

/** `current` is null outside of runs and of the load. */
export function guardProcess(current: () => GuardOwner | null, outside: (what: string, error: unknown) => void): void {
  const exit = process.exit.bind(process);
  process.exit = (code?: number | string | null): never => {
    const owner = current();
    if (owner === null) return exit(code);
    const error = new ProcessExit(`process.exit(${code ?? ""})`);
    owner.fail(error);
    throw error;
  };
  process.on("unhandledRejection", (reason) => escaped("Unhandled rejection", reason, false));
  process.on("uncaughtException", (error) => escaped("Uncaught exception", error, true));

  function escaped(what: string, error: unknown, fatal: boolean): void {
    const owner = current();
    if (error instanceof ProcessExit) return;
    if (owner === null) {
      outside(what, error);
      return;
    }
    owner.escaped(what, error);
    if (fatal) owner.fail(error instanceof Error ? error : new Error(String(error)));
  }
}

/** Ends the process, whatever agent code put in the way of `process.exit`. */
export const reallyExit = process.exit.bind(process);
