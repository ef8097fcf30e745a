/** A run that waits for a person: what it asks, and how to answer. Anything else that was thrown goes on. */
import { RunWaiting } from "@runagent/sdk";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";

export function printWaiting(error: unknown, output: Output): number {
  if (!(error instanceof RunWaiting)) throw error;
  const { run } = error;
  if (output.json) output.document(run);
  else {
    output.line(run.id);
    for (const { question } of run.waiting?.interrupts ?? []) output.note(`It asks: ${JSON.stringify(question)}`);
    output.note(`Answer with: runagent runs resume ${run.id} VALUE`);
  }
  return EXIT.ok;
}
