/** The one-time code that the first start prints: whoever can read the server's terminal becomes its admin. */
import { randomInt, timingSafeEqual } from "node:crypto";
import { type LimitValues, RunAgentError } from "@runagent/protocol";

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // none that look alike
const LENGTH = 10;

export interface LoginCodeOptions {
  readonly limits: Pick<LimitValues, "login_code" | "login_tries">;
  readonly now: () => number;
}

export class LoginCode {
  readonly #options: LoginCodeOptions;
  #open: { readonly code: string; readonly until: number; tries: number } | null = null;

  constructor(options: LoginCodeOptions) {
    this.#options = options;
  }

  /** A new one; the one before is void. */
  make(): string {
    const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const code = `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
    const { limits, now } = this.#options;
    this.#open = { code, until: now() + limits.login_code, tries: limits.login_tries };
    return code;
  }

  /** Uses it up. Throws UNAUTHENTICATED when it is another, was used, is too old, or was guessed at too often. */
  use(code: string): void {
    const open = this.#open;
    if (open === null || open.until <= this.#options.now()) throw wrong("There is no login code that is open.");
    if (!same(normal(code), normal(open.code))) {
      open.tries -= 1;
      if (open.tries <= 0) this.#open = null;
      throw wrong("That is not the login code.");
    }
    this.#open = null;
  }
}

const normal = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

const HINT =
  "The server prints a code when it starts and has no admin's key; start it with RUNAGENT_NEW_LOGIN_CODE=1 for a new one.";

const wrong = (detail: string): RunAgentError => new RunAgentError("UNAUTHENTICATED", detail, { hint: HINT });
