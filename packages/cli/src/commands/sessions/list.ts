/** `runagent sessions list`: the conversations of an agent. */
import type { Session } from "@runagent/sdk";
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { agentHere } from "../../run-words.ts";
import { table } from "../../table.ts";

export const sessionsList: CommandSpec = {
  name: "sessions list",
  summary: "list the conversations of an agent",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  examples: [{ line: "runagent sessions list", about: "of this folder's agent" }],
  async run(call) {
    const client = connect(call);
    const agent = call.arguments[0] ?? (await agentHere(call, client));
    const items: Session[] = [];
    for await (const session of client.sessions(agent).list({ signal: call.signal })) items.push(session);
    if (call.output.json) call.output.document({ items });
    else call.output.line(table(["SESSION", "USER", "RUNS", "UPDATED"], items.map(row)));
    return EXIT.ok;
  },
};

const row = (one: Session): string[] => [one.id, one.user ?? "", String(one.runs), one.updated_at];
