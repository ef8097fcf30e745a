/** `runagent batches retry`: run the items of a batch again that did not succeed. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printBatch } from "../../print-batch.ts";
import { BATCH_ID } from "./batch-id.ts";

export const batchesRetry: CommandSpec = {
  name: "batches retry",
  summary: "run the items of a batch again that did not succeed",
  arguments: [BATCH_ID],
  examples: [{ line: "runagent batches retry bat_01jq…", about: "and follow with `batches show`" }],
  async run(call) {
    const [id = ""] = call.arguments;
    return printBatch(await connect(call).batch(id).retry({ signal: call.signal }), call.output);
  },
};
