/** `/v1/agents/{agent}/logs`: what a deployed agent printed, and what its builds said. */
import { type AgentLogRecord, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { formOf } from "../http/accept.ts";
import { flagOf, sinceOf } from "../http/query.ts";
import { LineStream } from "../stream/line-stream.ts";

export async function agentLogs(exchange: Exchange): Promise<void> {
  const { ports, readers } = exchange.context;
  const agent = exchange.param("agent");
  if (ports.logs === undefined) {
    throw new RunAgentError("NOT_FOUND", `${exchange.path} is of \`runagent server\`; this is \`runagent serve\`.`, {
      hint: "The logs of a run are at /v1/runs/{id}/logs.",
    });
  }
  const query = exchange.query(["follow", "since", "run", "build"]);
  const run = query.get("run") ?? null;
  const build = query.get("build") ?? null;
  if (run !== null && build !== null) {
    throw new RunAgentError("INVALID_REQUEST", "In the query: a build is of no run; give `run` or `build`.");
  }
  const wanted = { follow: flagOf(query, "follow"), since: sinceOf(query, Date.now()), run, build };
  readers.checkRoom();
  const reading = await ports.logs.read(agent, wanted);
  const form = formOf(exchange.req.headers.accept) === "sse" ? "sse" : "ndjson";
  await new LineStream<AgentLogRecord>(exchange, form, () => "log").send(reading, []);
}
