/** One call of an agent: waited for, or left in the background. */
import { type AgentClient, type RawJson, type RunOptions, RunWaiting } from "@runagent/sdk";
import type { CommandCall } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { readableJson } from "./pretty-json.ts";

export interface AgentCall {
  readonly agent: AgentClient;
  readonly input: RawJson;
  readonly options: RunOptions;
}

/** Prints the output; of a run that asks a person something, what it asks. */
export async function waitForOutput({ agent, input, options }: AgentCall, output: Output): Promise<number> {
  try {
    const { text, runId } = await agent.runText(input, options);
    if (output.verbose) output.note(`run: ${runId}`);
    output.line(output.json ? text : readableJson(text));
  } catch (error) {
    if (!(error instanceof RunWaiting)) throw error;
    printQuestions(error, output);
  }
  return EXIT.ok;
}

export async function leaveRunning(
  { agent, input, options }: AgentCall,
  { output, signal }: CommandCall,
): Promise<number> {
  const handle = await agent.background(input, options);
  if (output.json) output.document(await handle.status({ signal }));
  else {
    output.line(handle.id);
    output.note(`Follow it with: runagent runs follow ${handle.id}`);
  }
  return EXIT.ok;
}

export function runOptions({ options, signal }: CommandCall, tag: string | undefined): RunOptions {
  const [session, user, timeout] = [options.text("session"), options.text("user"), options.number("timeout")];
  const idempotencyKey = options.text("idempotencyKey");
  return {
    signal,
    ...(tag === undefined ? {} : { tag }),
    ...(session === undefined ? {} : { session }),
    ...(user === undefined ? {} : { user }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function printQuestions({ run }: RunWaiting, output: Output): void {
  if (output.json) {
    output.document(run);
    return;
  }
  output.line(run.id);
  for (const { question } of run.waiting?.interrupts ?? []) output.note(`It asks: ${JSON.stringify(question)}`);
  output.note(`Answer with: runagent runs resume ${run.id} VALUE`);
}
