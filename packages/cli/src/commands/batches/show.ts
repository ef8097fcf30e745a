/** `runagent batches show`: how far a batch is. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printBatch } from "../../print-batch.ts";
import { BATCH_ID } from "./batch-id.ts";

export const batchesShow: CommandSpec = {
  name: "batches show",
  summary: "how far a batch is",
  arguments: [BATCH_ID],
  examples: [{ line: "runagent batches show bat_01jq…", about: "shows its counts" }],
  async run(call) {
    const [id = ""] = call.arguments;
    return printBatch(await connect(call).batch(id).status({ signal: call.signal }), call.output);
  },
};
