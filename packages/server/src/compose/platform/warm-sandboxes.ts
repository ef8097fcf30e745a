/**
 * Sandboxes that outlive a server, and the next one: what they are found by, which are gone on with, and the end of the rest.
 * What is found here is ours from then on: no sweep ends it.
 */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { claim, disown, type FoundSandbox, findRuntime, findSandboxes, sweepSandboxes } from "../../sandbox/index.ts";
import type { DataDirectory } from "./data-directory.ts";

/** What a sandbox was started for. */
export interface WarmKey {
  readonly agent: string;
  readonly version: string;
  /** As the starter was asked for it. */
  readonly bundle: string;
  /** `network.egress`. */
  readonly rules: readonly string[];
}

export interface WarmSandbox {
  readonly key: WarmKey;
  readonly found: FoundSandbox;
}

/** Where, and with which PATH the runtime is looked for. */
export interface WarmPlace {
  readonly data: Pick<DataDirectory, "path" | "sockets">;
  readonly path: string;
}

export const warmKeyText = ({ agent, version, bundle, rules }: WarmKey): string =>
  JSON.stringify({ agent, version, bundle, rules });

/** One of each version, and what nobody will go on with has ended. `wanted` false: all of it has. */
export async function takeWarm(place: WarmPlace, wanted: boolean): Promise<readonly WarmSandbox[]> {
  const warm = wanted ? newestOfEach(findSandboxes(folderOf(place))) : [];
  for (const { found } of warm) claim(found.directory);
  await sweep(place);
  const kept = new Set(warm.map(({ found }) => found.sockets));
  const sockets = readdirSync(place.data.sockets).map((name) => join(place.data.sockets, name));
  for (const one of sockets.filter((path) => !kept.has(path))) rmSync(one, { recursive: true, force: true });
  return warm;
}

/** Resolves when it is gone; it may be already. */
export async function endWarm(place: WarmPlace, { found }: WarmSandbox): Promise<void> {
  disown(found.directory);
  await sweep(place);
}

async function sweep(place: WarmPlace): Promise<void> {
  if (!existsSync(folderOf(place))) return;
  const runtime = findRuntime(join(place.data.path, "runc"), place.path);
  if (runtime !== null) await sweepSandboxes(runtime, folderOf(place), "ended");
}

const folderOf = ({ data }: WarmPlace): string => join(data.path, "sandboxes");

/** Two of a version were there while new secrets came to it: the later one has them. */
function newestOfEach(found: readonly FoundSandbox[]): WarmSandbox[] {
  const byAge = found
    .map((one) => ({ one, began: statSync(one.directory).birthtimeMs }))
    .sort((a, b) => a.began - b.began);
  const newest = new Map<string, WarmSandbox>();
  for (const { one } of byAge) {
    const key = readKey(one.key);
    if (key !== null) newest.set(JSON.stringify([key.agent, key.version]), { key, found: one });
  }
  return [...newest.values()];
}

/** Null: no server of this kind wrote it. */
function readKey(text: string): WarmKey | null {
  try {
    const { agent, version, bundle, rules } = Object(JSON.parse(text));
    if (![agent, version, bundle].every((one) => typeof one === "string") || !Array.isArray(rules)) return null;
    return { agent, version, bundle, rules: rules.filter((one) => typeof one === "string") };
  } catch {
    return null;
  }
}
