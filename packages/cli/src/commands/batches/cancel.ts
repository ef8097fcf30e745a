/** `runagent batches cancel`: ask the runs of a batch that have not ended to stop. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printBatch } from "../../print-batch.ts";
import { BATCH_ID } from "./batch-id.ts";

export const batchesCancel: CommandSpec = {
  name: "batches cancel",
  summary: "ask the runs of a batch that have not ended to stop",
  arguments: [BATCH_ID],
  examples: [{ line: "runagent batches cancel bat_01jq…", about: "and see what is left" }],
  async run(call) {
    const [id = ""] = call.arguments;
    return printBatch(await connect(call).batch(id).cancel({ signal: call.signal }), call.output);
  },
};
