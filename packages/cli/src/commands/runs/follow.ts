/** `runagent runs follow`: a run's events from the first to the end; the exit code is the run's. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printStream } from "../../print-events.ts";
import { RUN_ID } from "./run-id.ts";

export const runsFollow: CommandSpec = {
  name: "runs follow",
  summary: "print a run's events from its first to its end",
  arguments: [RUN_ID],
  examples: [{ line: "runagent runs follow run_01jq… --json", about: "every event as one line of JSON" }],
  async run(call) {
    const [id = ""] = call.arguments;
    return printStream(connect(call).runs.handle(id).events({ signal: call.signal }), call.output);
  },
};
