/** `runagent secret set`: a value that only the agent sees. */
import type { CommandSpec } from "../../command.ts";
import { connectToPlatform } from "../../connect.ts";
import { EXIT } from "../../exit-codes.ts";
import { CommandFailure } from "../../failure.ts";

export const secretSet: CommandSpec = {
  name: "secret set",
  summary: "set a secret of an agent, also before its first deploy",
  arguments: [
    { syntax: "<agent>", about: "its name" },
    { syntax: "<name>", about: "NAME, its value read from stdin; or NAME=VALUE" },
  ],
  examples: [
    { line: "runagent secret set support OPENAI_API_KEY < key.txt", about: "not in the shell's history" },
    { line: "runagent secret set support LOG_LEVEL=debug", about: "new workers have it within seconds" },
  ],
  async run(call) {
    const [agent = "", word = ""] = call.arguments;
    const at = word.indexOf("=");
    const name = at < 0 ? word : word.slice(0, at);
    const value = at < 0 ? await readValue(call.stdin) : word.slice(at + 1);
    if (value === "")
      throw new CommandFailure(EXIT.invalid, `${name} has no value.`, "Give it on stdin, or NAME=VALUE.");
    const secret = await connectToPlatform(call).access.setSecret({ agent, name, value }, { signal: call.signal });
    if (call.output.json) call.output.document({ agent, ...secret });
    else call.output.line(`${name} of ${agent} is set, version ${secret.version}.`);
    return EXIT.ok;
  },
};

/** The line end that editors and `echo` add is not part of it. */
async function readValue(stdin: AsyncIterable<Buffer | string> & { readonly isTTY?: boolean }): Promise<string> {
  if (stdin.isTTY === true) return "";
  let text = "";
  for await (const part of stdin) text += String(part);
  return text.replace(/\r?\n$/, "");
}
