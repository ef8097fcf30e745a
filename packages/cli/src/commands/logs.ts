/**
 * `runagent logs`: what a deployed agent printed, or a build said. `serve` keeps no log of an agent, only those of its runs:
 * there it is `--run`, without it the newest run.
 */
import { type AgentLog, isRunAgentError, type LogRecord, type RunAgent } from "@runagent/sdk";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import type { Output } from "../output.ts";
import { agentHere } from "../run-words.ts";

export const logs: CommandSpec = {
  name: "logs",
  summary: "print what an agent, a run or a build printed and logged",
  arguments: [{ syntax: "[agent]", about: "whose; left out: the agent of this folder" }],
  options: [
    { flags: "--run <id>", about: "only this run; with `serve`, left out: the newest" },
    { flags: "--follow", about: "go on with what comes; with `serve`, until the run ends" },
    { flags: "--since <time>", about: "a time, or how long ago: 10m (deployed agents)" },
    { flags: "--build <version>", about: "what the build of a version said, or of a deployment (deployed agents)" },
  ],
  examples: [
    { line: "runagent logs", about: "of this folder's agent" },
    { line: "runagent logs support --since 10m --follow", about: "of a deployed agent, and what comes" },
    { line: "runagent logs support --build v7", about: "what the build of a version said" },
    { line: "runagent logs --run run_01jq… --follow", about: "of one run" },
  ],
  async run(call) {
    const client = connect(call);
    const { options, signal, output } = call;
    const [run, since, build] = [options.text("run"), options.text("since"), options.text("build")];
    const agent = await agentOf(call, client);
    const wanted = { ...(since && { since }), ...(run && { run }), ...(build && { build }) };
    try {
      const follow = options.flag("follow");
      for await (const record of client.logs(agent, { ...wanted, follow, signal })) print(record, output);
      return EXIT.ok;
    } catch (error) {
      const isServe = isRunAgentError(error) && error.problem.code === "NOT_FOUND";
      if (!isServe || since !== undefined || build !== undefined) throw error;
    }
    return ofRun(call, client, run ?? (await newestRun(client, agent, signal)));
  },
};

/** The agent whose log a run is in, if only the run is named. */
async function agentOf(call: CommandCall, client: RunAgent): Promise<string> {
  const [named] = call.arguments;
  if (named !== undefined) return named;
  const run = call.options.text("run");
  if (run === undefined) return agentHere(call, client);
  return (await client.runs.handle(run).status({ signal: call.signal })).agent;
}

async function ofRun(call: CommandCall, client: RunAgent, run: string): Promise<number> {
  const { output, signal } = call;
  const handle = client.runs.handle(run);
  for (const record of await handle.logs({ signal })) print(record, output);
  if (!call.options.flag("follow")) return EXIT.ok;
  const { last_event: after } = await handle.status({ signal });
  for await (const event of handle.events({ after, types: ["log"], signal })) {
    if (event.type === "log") print(event.data, output);
  }
  return EXIT.ok;
}

async function newestRun(client: RunAgent, agent: string, signal: AbortSignal): Promise<string> {
  const { items } = await client.runs.page({ agent, limit: 1, signal });
  if (items[0] !== undefined) return items[0].id;
  throw new CommandFailure(EXIT.invalid, `${agent} has no run yet.`);
}

function print(record: LogRecord | AgentLog, output: Output): void {
  if (output.json) output.document(record);
  else output.line(`${output.onResult("dim", record.at)} ${record.message}`);
}
