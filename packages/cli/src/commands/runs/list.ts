/** `runagent runs list`: the newest runs. */

import type { Run, RunFilter, RunStatus } from "@runagent/sdk";
import { InvalidArgumentError } from "commander";
import type { CommandCall, CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";

export const runsList: CommandSpec = {
  name: "runs list",
  summary: "list runs, newest first",
  options: [
    { flags: "--agent <name>", about: "only of this agent" },
    { flags: "--status <status,…>", about: "only with one of these" },
    { flags: "--session <id>", about: "only of this conversation" },
    { flags: "--since <when>", about: "RFC 3339, or how long ago: 10m" },
    { flags: "--limit <n>", about: "how many, at most 200", parse: parseLimit, fallback: 50 },
  ],
  examples: [{ line: "runagent runs list --status failed --since 1h", about: "what failed in the last hour" }],
  async run(call) {
    const page = await connect(call).runs.page(filterOf(call));
    if (call.output.json) call.output.document(page);
    else call.output.line(table(["RUN", "AGENT", "TAG", "STATUS", "MS", "CREATED"], page.items.map(row)));
    return EXIT.ok;
  },
};

function filterOf({ options, signal }: CommandCall): RunFilter {
  const text = (name: "agent" | "session" | "since"): object => {
    const value = options.text(name);
    return value === undefined ? {} : { [name]: value };
  };
  const status = options.text("status");
  return {
    signal,
    limit: options.number("limit") ?? 50,
    ...text("agent"),
    ...text("session"),
    ...text("since"),
    // The server says which words it knows.
    ...(status === undefined ? {} : { status: status.split(",") as RunStatus[] }),
  };
}

const row = (run: Run): string[] => [
  run.id,
  run.agent,
  run.tag,
  run.status,
  run.ended_at === null ? "" : String(run.usage.duration_ms),
  run.created_at,
];

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError("A limit is a number above 0.");
}
