/** A server that comes after another goes on with its sandboxes: the same processes, the same way out. Real containers. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { isAlive, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, CONTAINERS, type Platform, startPlatform } from "./platform.ts";

const WAIT_MS = 60_000;

const AGENT = `
import os, time, urllib.request

calls = 0

def count():
    global calls
    calls += 1
    return {"calls": calls, "word": len(os.environ["WORD"])}

def get(url: str):
    try:
        return urllib.request.urlopen(url, timeout=20).read().decode()
    except Exception as error:
        return type(error).__name__

def wait():
    time.sleep(300)
`;
const CONFIG = {
  agent_name: "lasting",
  agent_architecture: { entrypoints: ["count", "get", "wait"].map((module) => ({ file: "agent.py", module })) },
  network: { egress: ["good.example"] },
  secrets: ["WORD"],
};

if (!CONTAINERS) console.warn("restart.test.ts is skipped: it needs root and runc");

describe.runIf(CONTAINERS)("sandboxes and the server's restart", () => {
  let agent: TemporaryFolder;
  let outside: Server;
  let platform: Platform;
  let worker: number;

  const call = async (tag: string, input: object = {}): Promise<unknown> => {
    const answer = await fetch(new URL(`/v1/run/lasting/${tag}`, platform.url), {
      method: "POST",
      body: JSON.stringify(input),
      headers: { authorization: `Bearer ${platform.key}`, "content-type": "application/json" },
    });
    return answer.json();
  };
  const workers = async (): Promise<{ pid: number; state: string }[]> =>
    Object(await platform.json(["ps", "lasting"])).items;

  beforeAll(async () => {
    outside = createServer((request, response) => response.end(`hello from ${request.headers.host}`));
    outside.listen(0, "127.0.0.1");
    await once(outside, "listening");
    const map = `good.example=127.0.0.1:${Object(outside.address()).port}`;
    platform = await startPlatform({ options: ["--drain-timeout", "1s", "--map-host", map] });
    agent = await tempFolder({ "runagent.config.json": JSON.stringify(CONFIG), "agent.py": AGENT });
    await platform.json(["secret", "set", "lasting", "WORD=sandbox-word"]);
    expect(await platform.json(["deploy", agent.path])).toMatchObject({ event: "deployed" });
  }, BUILD_MS);
  afterAll(async () => {
    await platform?.close();
    outside?.close();
    await agent?.close();
  }, WAIT_MS);

  test(
    "SIGTERM leaves a warm sandbox, and the next server answers with the same process",
    async () => {
      expect(await call("count")).toEqual({ calls: 1, word: 12 });
      expect(await call("get", { url: "http://good.example/" })).toBe("hello from good.example");
      worker = (await workers())[0]?.pid ?? 0;
      platform = await platform.again("SIGTERM");
      expect(isAlive(worker)).toBe(true);
      expect(await call("count")).toMatchObject({ calls: 2 });
      expect((await workers()).map(({ pid }) => pid)).toEqual([worker]);
      expect(await call("get", { url: "http://good.example/" })).toBe("hello from good.example");
      expect(await call("get", { url: "http://evil.example/" })).toBe("URLError");
    },
    WAIT_MS,
  );

  test(
    "so does one that comes after a server that was killed",
    async () => {
      platform = await platform.again("SIGKILL");
      expect(await call("count")).toMatchObject({ calls: 3 });
      expect((await workers()).map(({ pid }) => pid)).toEqual([worker]);
      expect(await call("get", { url: "http://good.example/" })).toBe("hello from good.example");
    },
    WAIT_MS,
  );

  test(
    "SIGINT leaves no process, mount, group or network, though a run was at work",
    async () => {
      const inside = (name: string): string[] => readdirSync(join(platform.data, name));
      const [sandbox = "none", ...more] = inside("sandboxes").filter((name) => /\d/.test(name));
      expect(more).toEqual([]);
      const waiting = call("wait").catch(() => "cut off");
      await expect.poll(workers, { timeout: WAIT_MS }).toContainEqual(expect.objectContaining({ state: "busy" }));
      const pids = (await workers()).map(({ pid }) => pid);
      platform.server.signal("SIGINT");
      expect(await platform.server.ended).toBe(130);
      await waiting;
      expect([worker, ...pids].filter(isAlive)).toEqual([]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(platform.data);
      expect([...inside("networks"), ...inside("s")]).toEqual([]);
      expect(inside("sandboxes")).not.toContain(sandbox);
      expect(groupsNamed(sandbox)).toEqual([]);
    },
    WAIT_MS,
  );

  test("a range that is not private is refused with 2", async () => {
    const words = ["server", "--data", join(agent.path, "data"), "--port", "0", "--egress-private", "8.8.8.0/24"];
    const { code, stderr } = await platform.run(words);
    expect(stderr).toContain("--egress-private 8.8.8.0/24 is not a range of private addresses.");
    expect(code).toBe(2);
  });
});

const groupsNamed = (name: string): string[] =>
  readdirSync("/sys/fs/cgroup", { recursive: true, encoding: "utf8" }).filter((path) => path.includes(name));
