/** `runagent key list`: the API keys of a server, without their secret parts. */
import type { KeyView } from "@runagent/sdk";
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";

export const keyList: CommandSpec = {
  name: "key list",
  summary: "list the API keys, newest first",
  examples: [{ line: "runagent key list", about: "what each may do, and until when" }],
  async run(call) {
    const items = await connectToPlatform(call).access.keys({ signal: call.signal });
    if (call.output.json) call.output.document({ items });
    else call.output.line(table(["KEY", "SCOPES", "AGENTS", "CREATED", "EXPIRES"], items.map(row)));
    return EXIT.ok;
  },
};

const row = ({ id, scopes, agents, created_at, expires_at }: KeyView): string[] => [
  id,
  scopes.join(","),
  agents?.join(",") ?? "all",
  created_at,
  expires_at ?? "never",
];
