/** `runagent batches runs`: the runs of a batch, in the order of its items. */
import type { Run } from "@runagent/sdk";
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";
import { BATCH_ID } from "./batch-id.ts";

export const batchesRuns: CommandSpec = {
  name: "batches runs",
  summary: "list the runs of a batch in the order of its items",
  arguments: [BATCH_ID],
  examples: [{ line: "runagent batches runs bat_01jq… --json", about: "with their outputs" }],
  async run(call) {
    const [id = ""] = call.arguments;
    const items: Run[] = [];
    for await (const run of connect(call).batch(id).runs({ signal: call.signal })) items.push(run);
    items.sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
    if (call.output.json) call.output.document({ items });
    else call.output.line(table(["ITEM", "RUN", "STATUS"], items.map(row)));
    return EXIT.ok;
  },
};

const row = (run: Run): string[] => [String(run.index ?? ""), run.id, run.status];
