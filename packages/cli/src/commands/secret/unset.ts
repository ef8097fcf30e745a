/** `runagent secret unset`: deletes a secret of an agent. */
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";

export const secretUnset: CommandSpec = {
  name: "secret unset",
  summary: "delete a secret of an agent",
  arguments: [
    { syntax: "<agent>", about: "its name" },
    { syntax: "<name>", about: "as `secret list` shows it" },
  ],
  examples: [{ line: "runagent secret unset support OPENAI_API_KEY", about: "new workers are without it" }],
  async run(call) {
    const [agent = "", name = ""] = call.arguments;
    await connectToPlatform(call).access.unsetSecret({ agent, name }, { signal: call.signal });
    if (call.output.json) call.output.document({ agent, name, unset: true });
    else call.output.line(`${name} of ${agent} is gone.`);
    return EXIT.ok;
  },
};
