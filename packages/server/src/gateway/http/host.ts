/**
 * Who may talk to us. A page on the internet can point its own name at 127.0.0.1 (DNS rebinding) or send requests from
 * its own origin: `Host` has to be a name that we answer to, `Origin` a loopback page (G3).
 */
import { isIP } from "node:net";

export class Names {
  readonly #own: ReadonlySet<string>;
  /** Headers that were found good: the same few come again with every request. */
  readonly #good = new Set<string>();

  /** `any`: every name is ours. Then a page may call the server that it came from, and no other may. */
  readonly #any: boolean;

  constructor(own: readonly string[], any = false) {
    this.#any = any;
    this.#own = new Set(own.map((name) => bare(name.toLowerCase())));
  }

  /** Whether we answer to this `Host` header. */
  answersTo(host: string): boolean {
    if (this.#good.has(host)) return true;
    const name = hostName(host);
    if (name === null || !(this.#any || this.#knows(name))) return false;
    if (this.#good.size < REMEMBERED) this.#good.add(host);
    return true;
  }

  /** Whether a page of this `Origin` may call us, who were called as `host`. */
  trusts(origin: string, host: string): boolean {
    if (this.#any) return URL.parse(origin)?.host === host.toLowerCase();
    const match = /^https?:\/\/([^/?#@\s]+)$/.exec(origin);
    const name = match?.[1] === undefined ? null : hostName(match[1]);
    return name !== null && this.#knows(name);
  }

  #knows(name: string): boolean {
    return isLoopback(name) || this.#own.has(name);
  }
}

const REMEMBERED = 64;

/** The name of `name:port`, lower case, without brackets and final dot; null if it is none. */
function hostName(host: string): string | null {
  const match = /^(\[[0-9a-f:.]+\]|[^:[\]/\s@]+)(?::\d{1,5})?$/i.exec(host);
  return match?.[1] === undefined ? null : bare(match[1].toLowerCase());
}

function bare(name: string): string {
  const inner = name.startsWith("[") ? name.slice(1, -1) : name;
  return inner.endsWith(".") ? inner.slice(0, -1) : inner;
}

function isLoopback(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return name.startsWith("127.") && isIP(name) === 4;
}
