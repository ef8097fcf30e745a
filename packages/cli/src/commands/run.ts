/** `runagent run`: call an agent and print what it answers. */

import { InvalidArgumentError } from "commander";
import { leaveRunning, runOptions, waitForOutput } from "../call-agent.ts";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { printStream } from "../print-events.ts";
import { readInput } from "../run-input.ts";
import { folderOf, resolveTarget, sortWords } from "../run-words.ts";

export const run: CommandSpec = {
  name: "run",
  summary: "call an agent and print its answer",
  arguments: [
    { syntax: "[words...]", about: "AGENT or PATH (left out: the agent of this folder), TAG, then KEY=VALUE …" },
  ],
  options: [
    { flags: "--input <json>", about: "the input: JSON, @FILE, or - for stdin" },
    { flags: "--stream", about: "print text as it comes; with --json: the events" },
    { flags: "--background", about: "print the run's id and leave it running" },
    { flags: "--session <id>", about: "the conversation it belongs to" },
    { flags: "--user <id>", about: "whom it is for" },
    { flags: "--timeout <seconds>", about: "how long it may take, queue included", parse: parseSeconds },
    { flags: "--idempotency-key <key>", about: "the same key again gives the same answer" },
  ],
  examples: [
    { line: "runagent run message=hello", about: "call the default entrypoint of this folder's agent" },
    { line: "runagent run chat --stream message=hello", about: "its entrypoint `chat`, printed as it comes" },
    {
      line: "runagent run ./my-agent --input @request.json count=3",
      about: "a file's JSON, with one member laid over",
    },
    { line: "echo '{\"n\": 1}' | runagent run my-agent --input - --json", about: "the bare output as JSON" },
  ],
  run: runRun,
};

async function runRun(call: CommandCall): Promise<number> {
  const { settings, options, output } = call;
  const { workingFolder } = settings;
  const { names, values } = sortWords(call.arguments);
  if (options.flag("stream") && options.flag("background")) {
    throw new CommandFailure(EXIT.usage, "--stream and --background exclude each other.");
  }
  const client = connect(call, folderOf(names, workingFolder));
  const input = await readInput({ input: options.text("input"), values, workingFolder, stdin: call.stdin });
  const { agent, tag } = await resolveTarget(names, call, client);
  const start = { agent: client.agent(agent), input, options: runOptions(call, tag) };
  if (options.flag("background")) return leaveRunning(start, call);
  if (options.flag("stream")) return printStream(start.agent.stream(input, start.options), output);
  return waitForOutput(start, output);
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0) return seconds;
  throw new InvalidArgumentError("A timeout is a number of seconds above 0.");
}
