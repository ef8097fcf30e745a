/** `runagent delete`: an agent with its versions and secrets. */
import type { CommandSpec } from "../command.ts";
import { confirm } from "../confirm.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";

export const deleteAgent: CommandSpec = {
  name: "delete",
  summary: "delete an agent from a server: its versions, its secrets; its runs end cancelled",
  arguments: [{ syntax: "<agent>", about: "its name" }],
  options: [{ flags: "--yes", about: "without asking" }],
  examples: [{ line: "runagent delete support", about: "there is no way back" }],
  async run(call) {
    const [agent = ""] = call.arguments;
    const client = connectToPlatform(call);
    if (!call.options.flag("yes")) {
      const sure = await confirm(call, `Delete ${agent} from ${client.url}, with its versions and secrets?`);
      if (sure === null) throw new CommandFailure(EXIT.invalid, "Nobody can be asked here.", "Say --yes to delete it.");
      if (!sure) return EXIT.ok;
    }
    await client.deployments.delete(agent, { signal: call.signal });
    if (call.output.json) call.output.document({ agent, deleted: true });
    else call.output.line(`${agent} is deleted.`);
    return EXIT.ok;
  },
};
