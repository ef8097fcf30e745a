/** `runagent runs cancel`: asks a run to stop; of one that has ended nothing changes. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printRun } from "../../print-run.ts";
import { RUN_ID } from "./run-id.ts";

export const runsCancel: CommandSpec = {
  name: "runs cancel",
  summary: "ask a run to stop",
  arguments: [RUN_ID],
  options: [{ flags: "--reason <text>", about: "told to everyone who waits for it" }],
  examples: [{ line: "runagent runs cancel run_01jq… --reason 'wrong file'", about: "and say why" }],
  async run(call) {
    const [id = ""] = call.arguments;
    const handle = connect(call).runs.handle(id);
    return printRun(await handle.cancel(call.options.text("reason"), { signal: call.signal }), call.output);
  },
};
