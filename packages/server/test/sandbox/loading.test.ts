import { tempFolder } from "@runagent/testing";
import { afterEach, expect, it } from "vitest";
import { isGone } from "../../src/sandbox/process/table.ts";
import { fixture, run, type Started, type StartOptions, start } from "./harness.ts";

const opened: Started[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function agent(code: string, more: Partial<StartOptions> = {}): Promise<Started> {
  const folder = await tempFolder({ "agent.py": code });
  const workerFile = fixture("stand-in.py");
  const one = start({ language: "python", workerFile, root: folder.path, file: "agent.py", tags: ["go"], ...more });
  opened.push({ ...one, close: () => one.close().then(folder.close) });
  return one;
}

it("hands on the agent's own traceback when the import fails", async () => {
  const { sandbox } = await agent("import os\n1 / 0\n");
  await expect(sandbox.loaded).rejects.toMatchObject({
    code: "LOAD_FAILED",
    problem: { traceback: expect.stringContaining("line 2"), files: [], missing: [] },
  });
  await expect(sandbox.spawn({ once: false })).rejects.toMatchObject({ code: "LOAD_FAILED" });
});

it("shows the last output of a process that ends while it is imported", async () => {
  const { sandbox, logs } = await agent("import os, sys\nprint('so long', file=sys.stderr, flush=True)\nos._exit(9)\n");
  await expect(sandbox.loaded).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: "The process ended with exit code 9 while the agent was loaded.",
    problem: { traceback: "so long" },
  });
  expect(logs).toMatchObject([{ stream: "stderr", message: "so long" }]);
});

it("names an interpreter that cannot be started", async () => {
  const { sandbox } = await agent("", { interpreter: "/nowhere/python" });
  await expect(sandbox.loaded).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringContaining("/nowhere/python"),
  });
});

it("names a folder that is not there", async () => {
  const { sandbox } = await agent("", { root: "/nowhere/agent" });
  await expect(sandbox.loaded).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: "The agent's process cannot be started: the folder /nowhere/agent is not there",
  });
});

it("gives up an import that takes too long, and ends its process", async () => {
  const { sandbox, logs } = await agent("import os, time\nos.write(1, b'%d\\n' % os.getpid())\ntime.sleep(1000)\n", {
    limits: { load_time: 1000 },
  });
  await expect(sandbox.loaded).rejects.toMatchObject({ code: "LOAD_FAILED", message: expect.stringContaining("1 s") });
  expect(await isGone(Number(logs[0]?.message))).toBe(true);
});

it("stops an import when it is closed", async () => {
  const { sandbox } = await agent("import time\ntime.sleep(1000)\n");
  const refused = expect(sandbox.loaded).rejects.toMatchObject({ code: "NO_CAPACITY" });
  await sandbox.close(0);
  await refused;
});

it("starts processes of their own where the agent cannot be forked", async () => {
  const code = "import os\nFORK = {'safe': False, 'reason': 'a thread'}\ndef go(): return os.getppid()\n";
  const { sandbox } = await agent(code);
  expect((await sandbox.loaded).fork).toEqual({ safe: false, reason: "a thread" });
  const [one, two] = await Promise.all([sandbox.spawn({ once: false }), sandbox.spawn({ once: false })]);
  expect(one.pid).not.toBe(two.pid);
  for (const worker of [one, two]) {
    expect(await run(worker, "go").ended).toEqual({ kind: "value", output: String(process.pid) });
  }
});

it("forks again from a new template when the old one was killed, and running workers go on", async () => {
  const code = "import os, time\ndef go(seconds):\n  time.sleep(seconds)\n  return os.getppid()\n";
  const { sandbox } = await agent(code);
  const one = await sandbox.spawn({ once: false });
  const outcome = await run(one, "go", { seconds: 0 }).ended;
  const template = outcome.kind === "value" ? Number(outcome.output) : 0;
  const running = run(one, "go", { seconds: 1 });
  process.kill(template, "SIGKILL");
  await expect.poll(() => isGone(template)).toBe(true);
  const two = await sandbox.spawn({ once: false });
  expect(await run(two, "go", { seconds: 0 }).ended).toMatchObject({ kind: "value" });
  expect((await running.ended).kind).toBe("value");
  expect(await one.kill()).toMatchObject({ killedByUs: true });
});

it("a template that is killed while it should fork costs a new start, not the whole time of a fork", async () => {
  const code = "import os\ndef go(): return os.getppid()\n";
  const { sandbox } = await agent(code, { limits: { fork_time: 600_000 } });
  const outcome = await run(await sandbox.spawn({ once: false }), "go").ended;
  const template = outcome.kind === "value" ? Number(outcome.output) : 0;
  process.kill(template, "SIGSTOP"); // the order reaches it, and it does nothing
  const spawning = sandbox.spawn({ once: false });
  process.kill(template, "SIGKILL");
  const after = await run(await spawning, "go").ended;
  expect(after).toMatchObject({ kind: "value" });
  expect(after).not.toEqual(outcome);
});

it("gives the agent its environment and nothing of ours but the channel and the mark", async () => {
  const code = "import os\nENV = dict(os.environ)\ndef go(): return sorted(ENV)\n";
  const { sandbox } = await agent(code, { env: { MINE: "1" } });
  const worker = await sandbox.spawn({ once: false });
  const outcome = await run(worker, "go").ended;
  const names: unknown = outcome.kind === "value" ? JSON.parse(outcome.output) : null;
  const ours = ["ORPHAN_SECONDS", "ROLE", "SOCKET", "TOKEN", "WORKER"].map((name) => `RUNAGENT_${name}`);
  const python = ["LC_CTYPE"]; // Python sets it for itself
  const expected = ["MINE", "PATH", "_RUNAGENT_SANDBOX", ...ours].sort();
  expect(Array.isArray(names) ? names.filter((name) => !python.includes(name)).sort() : names).toEqual(expected);
});
