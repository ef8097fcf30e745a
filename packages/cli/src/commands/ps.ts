/** `runagent ps`: the workers of a server. */
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { workerTable } from "../worker-table.ts";

export const ps: CommandSpec = {
  name: "ps",
  summary: "list the workers of a server",
  arguments: [{ syntax: "[agent]", about: "only of this agent" }],
  options: [{ flags: "--all", about: "sandboxes too: running or parked" }],
  examples: [{ line: "runagent ps --all", about: "what sleeps takes no row, only its sandbox while it is parked" }],
  async run(call) {
    const [agent] = call.arguments;
    const items = await connectToPlatform(call).deployments.workers({
      ...(agent === undefined ? {} : { agent }),
      all: call.options.flag("all"),
      signal: call.signal,
    });
    if (call.output.json) call.output.document({ items });
    else call.output.line(workerTable(items));
    return EXIT.ok;
  },
};
