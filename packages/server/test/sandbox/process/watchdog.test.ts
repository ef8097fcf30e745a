import { fileURLToPath } from "node:url";
import { isAlive, startProcess } from "@runagent/testing";
import { expect, it } from "vitest";
import { isGone } from "../../../src/sandbox/process/table.ts";
import { fixture } from "../harness.ts";

const NODE_WORKER = fileURLToPath(new URL("../../../../worker-node/src/main.ts", import.meta.url));

it.each([
  ["Python", [fixture("stand-in.py"), fixture("python"), "agent.py", "python"]],
  ["Node", [NODE_WORKER, fixture("node"), "agent.mjs", "node"]],
])("two seconds after its server was killed nothing of it is left: %s", async (_, args) => {
  await using server = startProcess([process.execPath, fixture("hosting.ts"), ...args]);
  const pids: number[] = JSON.parse(await server.line((line) => line.startsWith("["), 20_000));
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  server.signal("SIGKILL");
  await server.ended;
  const gone = async (): Promise<boolean> => (await Promise.all(pids.map(isGone))).every(Boolean);
  await expect.poll(gone, { timeout: 2000, interval: 20 }).toBe(true);
});
