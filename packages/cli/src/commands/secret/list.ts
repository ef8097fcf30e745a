/** `runagent secret list`: names and versions; values are never read back. */
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { agentHere } from "../../run-words.ts";
import { table } from "../../table.ts";

export const secretList: CommandSpec = {
  name: "secret list",
  summary: "list the names of an agent's secrets",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  examples: [{ line: "runagent secret list support", about: "names and versions, never values" }],
  async run(call) {
    const client = connectToPlatform(call);
    const agent = call.arguments[0] ?? (await agentHere(call, client));
    const items = await client.access.secrets(agent, { signal: call.signal });
    if (call.output.json) call.output.document({ items });
    else {
      const rows = items.map((one) => [one.name, String(one.version), one.set_at]);
      call.output.line(table(["SECRET", "VERSION", "SET"], rows));
    }
    return EXIT.ok;
  },
};
