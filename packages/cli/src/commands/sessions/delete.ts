/** `runagent sessions delete`: forgets one conversation. */
import type { CommandSpec } from "../../command.ts";
import { connect } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { agentHere } from "../../run-words.ts";

export const sessionsDelete: CommandSpec = {
  name: "sessions delete",
  summary: "forget a conversation and its state",
  arguments: [
    { syntax: "<id>", about: "the session's id" },
    { syntax: "[agent]", about: "left out: the agent of this folder" },
  ],
  examples: [{ line: "runagent sessions delete s-1", about: "of this folder's agent" }],
  async run(call) {
    const [id = "", named] = call.arguments;
    const client = connect(call);
    const agent = named ?? (await agentHere(call, client));
    await client.sessions(agent).delete(id, { signal: call.signal });
    call.output.note(`The session ${id} is forgotten.`);
    return EXIT.ok;
  },
};
