/** `runagent server stop`: ends the server of a data directory and everything that it started. */
import { setTimeout as pause } from "node:timers/promises";
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { CommandFailure } from "../../failure.ts";
import { DATA_OPTION, dataFolder } from "./data-option.ts";

const ENDS_WITHIN_MS = 15_000;
const LOOK_MS = 50;

export const serverStop: CommandSpec = {
  name: "server stop",
  summary: "end the server of a data directory and everything that it started",
  options: [DATA_OPTION],
  examples: [{ line: "runagent server stop", about: "runs end as cancelled; agents stay deployed" }],
  async run(call) {
    const { output, signal } = call;
    const { isInUse, readServerState } = await import("@runagent/server/platform");
    const data = dataFolder(call);
    const state = readServerState(data);
    if (state === null) throw new CommandFailure(EXIT.unreachable, `No server runs with ${data}.`);
    process.kill(state.pid, "SIGINT");
    for (const until = Date.now() + ENDS_WITHIN_MS; isInUse(data); ) {
      if (Date.now() > until) throw new CommandFailure(EXIT.later, `The server (pid ${state.pid}) has not ended yet.`);
      await pause(LOOK_MS, undefined, { signal });
    }
    if (output.json) output.document({ stopped: true, pid: state.pid });
    else output.line(`Stopped (pid ${state.pid}).`);
    return EXIT.ok;
  },
};
