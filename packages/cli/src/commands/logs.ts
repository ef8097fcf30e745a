/** `runagent logs`: what a run printed; without `--run`, the newest run of the agent. */
import type { LogRecord, RunAgent } from "@runagent/sdk";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import type { Output } from "../output.ts";
import { agentHere } from "../run-words.ts";

export const logs: CommandSpec = {
  name: "logs",
  summary: "print what a run printed and logged",
  arguments: [{ syntax: "[agent]", about: "whose newest run; left out: the agent of this folder" }],
  options: [
    { flags: "--run <id>", about: "this run" },
    { flags: "--follow", about: "go on until the run ends" },
  ],
  examples: [
    { line: "runagent logs", about: "of the newest run of this folder's agent" },
    { line: "runagent logs --run run_01jq… --follow", about: "of one run, to its end" },
  ],
  async run(call) {
    const client = connect(call);
    const handle = client.runs.handle(await runOf(call, client));
    for (const record of await handle.logs({ signal: call.signal })) print(record, call.output);
    if (!call.options.flag("follow")) return EXIT.ok;
    const { last_event: after } = await handle.status({ signal: call.signal });
    for await (const event of handle.events({ after, types: ["log"], signal: call.signal })) {
      if (event.type === "log") print(event.data, call.output);
    }
    return EXIT.ok;
  },
};

async function runOf(call: CommandCall, client: RunAgent): Promise<string> {
  const { options, signal } = call;
  const run = options.text("run");
  if (run !== undefined) return run;
  const agent = call.arguments[0] ?? (await agentHere(call, client));
  const { items } = await client.runs.page({ agent, limit: 1, signal });
  if (items[0] !== undefined) return items[0].id;
  throw new CommandFailure(EXIT.invalid, `${agent} has no run yet.`);
}

function print(record: LogRecord, output: Output): void {
  if (output.json) output.document(record);
  else output.line(`${output.onResult("dim", record.at)} ${record.message}`);
}
