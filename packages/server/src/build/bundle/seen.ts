/**
 * Where files lie for the process that runs a bundle. In a sandbox that is elsewhere, and only some folders are there at
 * all: what lies outside of them is neither imported nor put into the bundle, so that no import carries a file of the host
 * in.
 */
import { realpathSync } from "node:fs";
import { join } from "node:path";

/** Host folder → where it is inside. */
export type Elsewhere = Readonly<Record<string, string>>;

export interface Seen {
  /** Null: it is not there. */
  path(host: string): string | null;
}

/** Undefined: the bundle runs where it is made. */
export function seenFrom(elsewhere: Elsewhere | undefined): Seen {
  if (elsewhere === undefined) return { path: (host) => host };
  // Imports are followed to where their files really lie.
  const folders = Object.entries(elsewhere).flatMap(([from, to]) => [
    [from, to] as const,
    [realpathSync(from), to] as const,
  ]);
  return {
    path: (host) => {
      const found = folders.find(([from]) => host === from || host.startsWith(`${from}/`));
      return found === undefined ? null : join(found[1], host.slice(found[0].length));
    },
  };
}

export const NOT_INSIDE = "it lies outside of the agent's folder and its packages, where the sandbox sees nothing";
