/** How a command ends that cannot do what it was asked: a sentence, what to do about it, an exit code. */
import { EXIT } from "./exit-codes.ts";

export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exitCode: number;
  readonly hint: string | null;

  constructor(exitCode: number, detail: string, hint: string | null = null) {
    super(detail);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Why something failed, in words. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The reason of the signal that every command gets. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly signal: "SIGINT" | "SIGTERM";

  constructor(signal: "SIGINT" | "SIGTERM") {
    super(`Interrupted by ${signal}`);
    this.signal = signal;
  }

  get exitCode(): number {
    return this.signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
  }
}
