/** `runagent runs resume`: the answer for a run that waits for a person. */
import { RawJson } from "@runagent/sdk";
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { printRun } from "../../print-run.ts";
import { isJson } from "../../run-input.ts";
import { RUN_ID } from "./run-id.ts";

export const runsResume: CommandSpec = {
  name: "runs resume",
  summary: "answer a run that waits for a person",
  arguments: [RUN_ID, { syntax: "<value>", about: "JSON, else taken as text" }],
  examples: [
    { line: "runagent runs resume run_01jq… true", about: "answers with true" },
    { line: "runagent runs resume run_01jq… 'go ahead'", about: "answers with a text" },
  ],
  async run(call) {
    const [id = "", value = ""] = call.arguments;
    const answer = isJson(value) ? new RawJson(value) : value;
    return printRun(await connect(call).runs.handle(id).resume(answer, { signal: call.signal }), call.output);
  },
};
