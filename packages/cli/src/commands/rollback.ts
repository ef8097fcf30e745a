/** `runagent rollback`: back to the version that was live before. */
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { agentHere } from "../run-words.ts";

export const rollback: CommandSpec = {
  name: "rollback",
  summary: "go back to the version of an agent that was live before",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  examples: [{ line: "runagent rollback support", about: "at once within ten minutes; later it is started first" }],
  async run(call) {
    const client = connectToPlatform(call);
    const agent = call.arguments[0] ?? (await agentHere(call, client));
    const live = await client.deployments.rollback(agent, { signal: call.signal });
    if (call.output.json) call.output.document(live);
    else call.output.line(`${agent}@${live.version} is live.`);
    return EXIT.ok;
  },
};
