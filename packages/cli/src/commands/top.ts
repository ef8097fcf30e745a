/** `runagent top`: the workers of a server, again and again, until Ctrl-C. */
import { setTimeout as pause } from "node:timers/promises";
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { workerTable } from "../worker-table.ts";

const EVERY_MS = 1000;
const CLEAR = "\u001b[H\u001b[2J";

export const top: CommandSpec = {
  name: "top",
  summary: "watch the workers of a server; without a terminal, once",
  examples: [
    { line: "runagent top", about: "until Ctrl-C" },
    { line: "runagent top --json", about: "one list a line, every second" },
  ],
  async run(call) {
    const { output, signal } = call;
    const { deployments } = connectToPlatform(call);
    for (;;) {
      const items = await deployments.workers({ all: true, signal });
      if (output.json) output.document({ items });
      else output.part(`${output.streams.stdout.isTTY === true ? CLEAR : ""}${workerTable(items)}\n`);
      if (!output.json && output.streams.stdout.isTTY !== true) return EXIT.ok;
      await pause(EVERY_MS, undefined, { signal });
    }
  },
};
