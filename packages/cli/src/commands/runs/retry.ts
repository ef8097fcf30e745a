/** `runagent runs retry`: a new run of the same input. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printRun } from "../../print-run.ts";
import { RUN_ID } from "./run-id.ts";

export const runsRetry: CommandSpec = {
  name: "runs retry",
  summary: "run the same input again",
  arguments: [RUN_ID],
  examples: [{ line: "runagent runs retry run_01jq…", about: "prints the new run's id" }],
  async run(call) {
    const [id = ""] = call.arguments;
    const again = await connect(call).runs.handle(id).retry({ signal: call.signal });
    return printRun(await again.status({ signal: call.signal }), call.output);
  },
};
