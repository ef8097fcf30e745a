/** `runagent whoami`: what the key in use may do, and where. */
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";

export const whoami: CommandSpec = {
  name: "whoami",
  summary: "say which server and which key are in use, and what the key may do",
  examples: [{ line: "runagent whoami", about: "of the current target" }],
  async run(call) {
    const client = connectToPlatform(call);
    const key = await client.access.whoami({ signal: call.signal });
    if (call.output.json) call.output.document({ url: client.url, ...key });
    else {
      const agents = key.agents === null ? "every agent" : key.agents.join(", ");
      call.output.line(`${key.id} on ${client.url}: ${key.scopes.join(", ")}; ${agents}`);
    }
    return EXIT.ok;
  },
};
