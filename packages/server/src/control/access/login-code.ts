/**
 * The one-time code that the first start prints: whoever can read the server's terminal becomes its admin. Five wrong tries
 * make it void for the address that they came from, not for its owner elsewhere: a stranger could lock out anybody with five
 * requests. There are 32^10 = 2^50 codes; even 10,000 guesses a second from ever new addresses, for the ten minutes that
 * the code is there, find it with a chance of 6 * 10^6 / 2^50, which is less than 1 in 10^8.
 */
import { randomInt, timingSafeEqual } from "node:crypto";
import { isIPv6 } from "node:net";
import { type LimitValues, RunAgentError } from "@runagent/protocol";

const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // none that look alike
const LENGTH = 10;

export interface LoginCodeOptions {
  readonly limits: Pick<LimitValues, "login_code" | "login_tries" | "login_addresses">;
  readonly now: () => number;
}

export class LoginCode {
  readonly #options: LoginCodeOptions;
  #open: { readonly code: string; readonly until: number } | null = null;
  /** Wrong tries of the open code by the part of an address that one caller has; the longest silent first. */
  readonly #wrong = new Map<string, number>();

  constructor(options: LoginCodeOptions) {
    this.#options = options;
  }

  /** A new one; the one before is void. */
  make(): string {
    const letters = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const code = `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`;
    const { limits, now } = this.#options;
    this.#open = { code, until: now() + limits.login_code };
    this.#wrong.clear();
    return code;
  }

  /** Uses it up. Throws UNAUTHENTICATED when it is another, was used, is too old, or was guessed at too often from there. */
  use(code: string, address: string | null): void {
    const open = this.#open;
    const from = callerOf(address);
    const { limits, now } = this.#options;
    const tries = this.#wrong.get(from) ?? 0;
    if (open === null || open.until <= now() || tries >= limits.login_tries) {
      throw wrong("There is no login code that is open.");
    }
    if (!same(normal(code), normal(open.code))) {
      this.#count(from, tries + 1);
      throw wrong("That is not the login code.");
    }
    this.#open = null;
  }

  #count(from: string, tries: number): void {
    this.#wrong.delete(from);
    this.#wrong.set(from, tries);
    const [oldest] = this.#wrong.keys();
    if (oldest !== undefined && this.#wrong.size > this.#options.limits.login_addresses) this.#wrong.delete(oldest);
  }
}

/** One caller has a whole /64 of IPv6. */
function callerOf(address: string | null): string {
  const plain = address?.replace(/^::ffff:(?=[\d.]+$)/i, "") ?? "";
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head.split(":");
  if (tail === undefined) return groups.slice(0, 4).join(":");
  const rest = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - rest.length) }, () => "0");
  return [...groups, ...zeros, ...rest].slice(0, 4).join(":");
}

const normal = (code: string): string => code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

const HINT =
  "The server prints a code when it starts and has no admin's key; start it with RUNAGENT_NEW_LOGIN_CODE=1 for a new one.";

const wrong = (detail: string): RunAgentError => new RunAgentError("UNAUTHENTICATED", detail, { hint: HINT });
