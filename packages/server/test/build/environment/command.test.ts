import { spawn, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { run } from "../../../src/build/environment/command.ts";

const never = new AbortController().signal;
const sh = (script: string, more: object = {}) =>
  run({ file: "/bin/sh", args: ["-c", script], cwd: "/", env: process.env, signal: never, ...more });

/** A process that ended and was not reaped by init yet does not run. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

test("a tool's lines, output and exit code are told", async () => {
  const lines: string[] = [];
  const finished = await sh("echo one; echo two >&2; read x; echo rest; exit 3", {
    onLine: (line: string) => lines.push(line),
  });
  expect(finished).toMatchObject({ code: 3, stdout: "one\nrest\n" });
  expect(lines.toSorted()).toEqual(["one", "rest", "two"]);
});

test("a tool that is not there is an exit code, not a crash", async () => {
  const { code, tail } = await run({ file: "/no/such/tool", args: [], cwd: "/", env: {}, signal: never });
  expect(code).toBe(127);
  expect(tail.join("\n")).toContain("/no/such/tool");
});

test("a tool that ignores being asked to stop is killed with what it started", async () => {
  const stop = new AbortController();
  let child = 0;
  const running = sh("trap '' TERM; sleep 60 & echo $!; wait; wait", {
    signal: stop.signal,
    onLine: (line: string) => {
      child = Number(line);
      stop.abort(new Error("stopped"));
    },
  });
  await expect(running).rejects.toThrow("stopped");
  expect(child).toBeGreaterThan(0);
  expect(isRunning(child)).toBe(false);
});

test("a tool ends when the process that runs it is killed", async () => {
  const module = new URL("../../../src/build/environment/command.ts", import.meta.url).href;
  const script = `import { run } from ${JSON.stringify(module)};
    await run({ file: "/bin/sh", args: ["-c", "echo $$; sleep 60"], cwd: "/", env: process.env,
      signal: new AbortController().signal, onLine: (line) => console.log(line) });`;
  const parent = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const tool = await new Promise<number>((resolve) => parent.stdout.once("data", (text) => resolve(Number(text))));
  expect(isRunning(tool)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => isRunning(tool), { timeout: 2000 }).toBe(false);
});
