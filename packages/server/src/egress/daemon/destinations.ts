/** Where an allowed name leads: where the operator mapped it to, else to those of its addresses that may be dialled. */
import type { MappedHost } from "../mapped-hosts.ts";
import type { Target } from "./dial.ts";
import type { Found, Resolver } from "./resolver.ts";

export type Destination =
  | { readonly kind: "found"; readonly targets: readonly Target[] }
  | Exclude<Found, { readonly kind: "found" }>;

export class Destinations {
  readonly #resolver: Resolver;
  readonly #mapped: readonly MappedHost[];

  constructor(resolver: Resolver, mapped: readonly MappedHost[]) {
    this.#resolver = resolver;
    this.#mapped = mapped;
  }

  /** Never rejects. */
  async find(host: string, port: number): Promise<Destination> {
    const mapped = this.#mapped.find((one) => one.name === host && (one.port === null || one.port === port));
    if (mapped !== undefined) return { kind: "found", targets: [{ address: mapped.address, port: mapped.toPort }] };
    const found = await this.#resolver.find(host);
    if (found.kind !== "found") return found;
    return { kind: "found", targets: found.addresses.map((address) => ({ address, port })) };
  }

  /** Whether there is anything behind the name at all. Never rejects. */
  async look(host: string): Promise<Found["kind"]> {
    if (this.#mapped.some((one) => one.name === host)) return "found";
    return (await this.#resolver.find(host)).kind;
  }
}
