/** `runagent run`: call an agent and print what it answers. */

import type { AgentClient, RawJson, RunOptions } from "@runagent/sdk";
import { InvalidArgumentError } from "commander";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { readableJson } from "../pretty-json.ts";
import { printStream } from "../print-events.ts";
import { printWaiting } from "../print-waiting.ts";
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
  const runOptions = { ...optionsOf(call), ...(tag === undefined ? {} : { tag }) };
  const target = client.agent(agent);
  if (options.flag("background")) return leaveRunning(target, { input, options: runOptions, call });
  if (options.flag("stream")) return printStream(target.stream(input, runOptions), output);
  return waitFor(target, { input, options: runOptions, call });
}

interface Start {
  readonly input: RawJson;
  readonly options: RunOptions;
  readonly call: CommandCall;
}

async function waitFor(agent: AgentClient, { input, options, call }: Start): Promise<number> {
  const { output } = call;
  try {
    const { text, runId } = await agent.runText(input, options);
    if (output.verbose) output.note(`run: ${runId}`);
    output.line(output.json ? text : readableJson(text));
    return EXIT.ok;
  } catch (error) {
    return printWaiting(error, output);
  }
}

async function leaveRunning(agent: AgentClient, { input, options, call }: Start): Promise<number> {
  const handle = await agent.background(input, options);
  if (call.output.json) call.output.document(await handle.status({ signal: call.signal }));
  else {
    call.output.line(handle.id);
    call.output.note(`Follow it with: runagent runs follow ${handle.id}`);
  }
  return EXIT.ok;
}

function optionsOf({ options, signal }: CommandCall): RunOptions {
  const [session, user, timeout] = [options.text("session"), options.text("user"), options.number("timeout")];
  const idempotencyKey = options.text("idempotencyKey");
  return {
    signal,
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0) return seconds;
  throw new InvalidArgumentError("A timeout is a number of seconds above 0.");
}
