/** What `serve` says when it starts, and what it refuses. */
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startServe } from "../bad-luck/serving.ts";
import { runagent } from "../command-line.ts";

const READY_MS = 20_000;
let folder: TemporaryFolder;

beforeEach(async () => {
  const agent_architecture = { entrypoints: [{ file: "agent.py", module: "run" }] };
  folder = await tempFolder({
    "runagent.config.json": JSON.stringify({ agent_name: "day", agent_architecture, resources: { memory: "512MB" } }),
    "agent.py": "def run():\n    return 1\n",
  });
});

afterEach(() => folder.close());

test("a limit that is not enforced is said once, a type that is left out is not said", async () => {
  await using served = startServe(folder.path, { home: `${folder.path}/.home` });
  const { url } = JSON.parse(await served.line(() => true, READY_MS));
  await served.line((line) => line.includes("resources.memory"), READY_MS);
  await folder.write("agent.py", "def run():\n    return 22\n");
  const answer = await fetch(new URL("/v1/run/day", url), { method: "POST" });
  expect(await answer.json()).toBe(22);
  served.signal("SIGTERM");
  expect(await served.ended).toBe(143);
  expect(served.output.stdout.match(/resources\.memory/g)).toHaveLength(1);
  expect(served.output.stdout).not.toContain("no type");
});

test("without reload an agent that cannot load ends serve with 1 and is not said to be waited for", async () => {
  await folder.write("agent.py", "def run(:\n");
  const { code, stdout } = await runagent(["serve", "--port", "0", "--no-reload"], { cwd: folder.path });
  expect(code).toBe(1);
  expect(stdout).toContain("SyntaxError");
  expect(stdout).not.toContain("Waiting");
});
