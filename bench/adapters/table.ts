/** The table of the adapters: what a run and a chunk cost without us, what we add, against what we may. */
import type { Samples } from "../samples.ts";

const MOST_MS = 1;
const MOST_SHARE = 0.05;
const MOST_CHUNK_US = 20;

export function adaptersTable(samples: Samples, frameworks: readonly string[]): string {
  const lines = frameworks.map((name) => `| ${row(samples, name).join(" | ")} |`);
  const head = "| framework | a run, directly | added | a chunk, directly | added | ≤ 5 % or 1 ms, ≤ 20 µs |";
  return [head, "|---|---|---|---|---|---|", ...lines].join("\n");
}

function row(samples: Samples, name: string): string[] {
  const run = samples.median(name, "run ms");
  const added = samples.median(name, "added ms");
  const chunks = samples.of(name, "chunk us").length > 0;
  const chunk = samples.median(name, "added chunk us");
  const held = (added <= MOST_MS || added <= run * MOST_SHARE) && (!chunks || chunk <= MOST_CHUNK_US);
  const pieces = chunks ? [us(samples.median(name, "chunk us")), us(chunk)] : ["no pieces", ""];
  return [name, ms(run), ms(added), ...pieces, held ? "yes" : "**no**"];
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
const us = (value: number): string => `${value.toFixed(1)} µs`;
