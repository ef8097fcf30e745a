/** One batch, for a person or as the API gives it. */
import type { Batch } from "@runagent/sdk";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";

export function printBatch(batch: Batch, output: Output): number {
  const counts = Object.entries(batch.counts).filter(([, count]) => count > 0);
  if (output.json) output.document(batch);
  else
    output.line(
      `${batch.id}  ${batch.status}  ${counts.map(([name, n]) => `${n} ${name}`).join(", ")} of ${batch.total}`,
    );
  return EXIT.ok;
}
