/** `runagent promote`: another version of an agent takes the new runs. */
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";

export const promote: CommandSpec = {
  name: "promote",
  summary: "let a version of an agent take the new runs",
  arguments: [
    { syntax: "<agent>", about: "its name" },
    { syntax: "<version>", about: "as `versions` shows it" },
  ],
  examples: [{ line: "runagent promote support v7", about: "a warm one at once; a cold one is started first" }],
  async run(call) {
    const [agent = "", version = ""] = call.arguments;
    const live = await connectToPlatform(call).deployments.promote(agent, version, { signal: call.signal });
    if (call.output.json) call.output.document(live);
    else call.output.line(`${agent}@${live.version} is live.`);
    return EXIT.ok;
  },
};
