/** The lines of a kept log, as they come. Pulled: the consumer sets the pace. */
import type { AgentLogRecord } from "@runagent/protocol/agent-log";
import type { Call, Transport } from "./transport.ts";

export interface LogsOptions {
  /** Go on with what comes. */
  readonly follow?: boolean;
  /** A time as in RFC 3339, or how long ago: `10m`. */
  readonly since?: string;
  /** Only of this run. */
  readonly run?: string;
  /** Of the build of this version, or of this deployment, instead of what the agent printed. */
  readonly build?: string;
  readonly signal?: AbortSignal | undefined;
}

export async function* logLines(
  transport: Transport,
  agent: string,
  { follow, since, run, build, signal }: LogsOptions,
): AsyncGenerator<AgentLogRecord, void, undefined> {
  const call: Call = {
    method: "GET",
    path: `v1/agents/${encodeURIComponent(agent)}/logs`,
    query: { since, run, build, follow: follow === true ? "true" : undefined },
    headers: { accept: "application/x-ndjson" },
    signal,
  };
  for await (const line of transport.lines(call)) yield JSON.parse(line);
}
