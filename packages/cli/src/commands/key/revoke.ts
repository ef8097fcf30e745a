/** `runagent key revoke`: the key is refused from now on, and what is open with it ends. */
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";

export const keyRevoke: CommandSpec = {
  name: "key revoke",
  summary: "revoke an API key; what is open with it ends",
  arguments: [{ syntax: "<id>", about: "as `key list` shows it" }],
  examples: [{ line: "runagent key revoke key_01jq…", about: "at once" }],
  async run(call) {
    const [id = ""] = call.arguments;
    await connectToPlatform(call).access.revokeKey(id, { signal: call.signal });
    if (call.output.json) call.output.document({ id, revoked: true });
    else call.output.line(`${id} is revoked.`);
    return EXIT.ok;
  },
};
