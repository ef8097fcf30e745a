/** `runagent runs show`: one run as it is now. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printRun } from "../../print-run.ts";
import { RUN_ID } from "./run-id.ts";

export const runsShow: CommandSpec = {
  name: "runs show",
  summary: "show a run: its status, input, output, error",
  arguments: [RUN_ID],
  examples: [{ line: "runagent runs show run_01jq… --json", about: "as the API gives it" }],
  async run(call) {
    const [id = ""] = call.arguments;
    return printRun(await connect(call).runs.get(id, { signal: call.signal }), call.output);
  },
};
