/** `runagent sessions show`: what an agent keeps of one conversation. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { prettyJson } from "../../pretty-json.ts";
import { agentHere } from "../../run-words.ts";

export const sessionsShow: CommandSpec = {
  name: "sessions show",
  summary: "show a conversation and its state",
  arguments: [
    { syntax: "<id>", about: "the session's id" },
    { syntax: "[agent]", about: "left out: the agent of this folder" },
  ],
  examples: [{ line: "runagent sessions show s-1 --json", about: "as the API gives it" }],
  async run(call) {
    const [id = "", named] = call.arguments;
    const client = connect(call);
    const agent = named ?? (await agentHere(call, client));
    const session = await client.sessions(agent).get(id, { signal: call.signal });
    if (call.output.json) call.output.document(session);
    else call.output.line(prettyJson(JSON.stringify(session)));
    return EXIT.ok;
  },
};
