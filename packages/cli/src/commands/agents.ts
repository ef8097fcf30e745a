/** `runagent agents`: what a server serves. */
import type { CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { table } from "../table.ts";

export const agents: CommandSpec = {
  name: "agents",
  summary: "list the agents of a server, with their entrypoints",
  examples: [{ line: "runagent agents --json", about: "with the schemas of their inputs" }],
  async run(call) {
    const items = await connect(call).agents({ signal: call.signal });
    if (call.output.json) call.output.document({ items });
    else call.output.line(table(["AGENT", "VERSION", "ENTRYPOINTS"], items.map(row)));
    return EXIT.ok;
  },
};

const row = (agent: { name: string; version: string; entrypoints: readonly { tag: string }[] }): string[] => [
  agent.name,
  agent.version,
  agent.entrypoints.map((one) => one.tag).join(", "),
];
