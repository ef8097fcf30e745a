/**
 * Begins a run that goes on when the page is left. What streams is called as a stream, or its framework would answer in
 * one piece; a key makes such a run durable. Its events are then read from the run, as those of any other.
 */
import type { AgentClient, RawJson, RunOptions } from "@runagent/sdk";
import { randomName } from "./random-name.ts";

export type CallOptions = RunOptions & { readonly streams: boolean };

/** The run's id. Throws what the server refuses it with. */
export async function begin(agent: AgentClient, input: RawJson, { streams, ...options }: CallOptions): Promise<string> {
  if (!streams) return (await agent.background(input, options)).id;
  const begun = new AbortController();
  const idempotencyKey = randomName("page");
  const { id } = agent.stream(input, { ...options, idempotencyKey, signal: begun.signal });
  try {
    return await id;
  } finally {
    begun.abort();
  }
}
