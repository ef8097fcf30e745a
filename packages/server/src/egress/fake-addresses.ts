/**
 * The addresses that names have inside a sandbox, of 198.18.0.0/15. They belong to the version, not to the process that
 * gives them out: a name that stands in the allow-list has its place there; one below a `*.host` has the next number, and
 * keeps it for good. An address never comes to mean another name (invariant).
 */

/** 198.18.0.0/24 is ours: the resolver. */
const EXACT = toNumber("198.18.1.0");
const WILD = toNumber("198.19.0.0");
const MOST_EXACT = WILD - EXACT;

export class FakeAddresses {
  readonly #exact: readonly string[];
  readonly #wild: string[];
  readonly #numbers = new Map<string, number>();

  /** `wild`: the names below a `*.host` that have an address already, in order. */
  constructor(exact: readonly string[], wild: readonly string[]) {
    this.#exact = exact.slice(0, MOST_EXACT);
    this.#wild = [...wild];
    for (const [i, name] of this.#wild.entries()) this.#numbers.set(name, WILD + i);
    for (const [i, name] of this.#exact.entries()) this.#numbers.set(name, EXACT + i);
  }

  get wildNames(): number {
    return this.#wild.length;
  }

  /** Undefined: it has none yet. */
  addressOf(name: string): string | undefined {
    const number = this.#numbers.get(name);
    return number === undefined ? undefined : toText(number);
  }

  nameOf(address: string): string | undefined {
    const number = toNumber(address);
    return number >= WILD ? this.#wild[number - WILD] : this.#exact[number - EXACT];
  }

  /** Only for a name that has no address yet. */
  add(name: string): string {
    const number = WILD + this.#wild.length;
    this.#wild.push(name);
    this.#numbers.set(name, number);
    return toText(number);
  }
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

const toText = (number: number): string => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
