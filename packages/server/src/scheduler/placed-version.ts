/** A version as whoever added it holds it: another of the same name may take its place, with other secrets. */
import type { Version } from "./version.ts";
import type { Versions } from "./versions.ts";

interface Acts {
  readonly graceMs: number;
  readonly cancelRuns: (reason: string) => void;
}

export class PlacedVersion {
  readonly #version: Version;
  readonly #versions: Versions;
  readonly #acts: Acts;

  constructor(version: Version, versions: Versions, acts: Acts) {
    this.#version = version;
    this.#versions = versions;
    this.#acts = acts;
  }

  /** Since when no run refers to it; null: one does. */
  get idleSince(): number | null {
    return this.#version.idleSince;
  }

  /** Runs of the agent that name no version go here from now on. */
  lead(): void {
    this.#versions.lead(this.#version);
  }

  /** Bounds of its workers that win over the config's; null: the config's. */
  scale(bounds: { readonly min: number | null; readonly max: number | null }): void {
    this.#versions.poolOf(this.#version).scale(bounds);
  }

  /** Every run of it ends `cancelled` by `operator`. */
  cancelRuns(reason: string): void {
    this.#acts.cancelRuns(reason);
  }

  /** No new runs; resolves when its last run has ended and its sandbox is closed. */
  retire(): Promise<void> {
    return this.#versions.end(this.#version, this.#acts.graceMs);
  }
}
