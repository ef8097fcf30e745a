/** Bad luck of the server itself: killed, started twice, out of disk, its agent out of memory. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, isAlive, tempFolder } from "@runagent/testing";
import { expect, onTestFinished, test } from "vitest";
import { runagent } from "../command-line.ts";
import {
  callsTo,
  functionsOf,
  problemLike,
  READY_MS,
  type ServeWith,
  type Serving,
  serveFolder,
  startServe,
} from "./serving.ts";

const PYTHON = `
import json
import os
import subprocess
import sys
import time


def well(n: int) -> int:
    return n + 1


def family(path: str):
    daemon = subprocess.Popen(["sleep", "600"], start_new_session=True)
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            with open(path + ".grandchild.new", "w") as file:
                file.write(str(os.getpid()))
            os.rename(path + ".grandchild.new", path + ".grandchild")
            time.sleep(600)
        os._exit(0)
    os.waitpid(child, 0)
    while not os.path.exists(path + ".grandchild"):
        time.sleep(0.01)
    with open(path + ".new", "w") as file:
        json.dump([os.getpid(), os.getppid(), daemon.pid, int(open(path + ".grandchild").read())], file)
    os.rename(path + ".new", path)
    time.sleep(600)


def eats(procs: str):
    with open(procs, "w") as file:
        file.write(str(os.getpid()))
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1024)) * 1024)
`;
const TYPESCRIPT = `
import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";

export function well({ n }: { n: number }): number {
  return n + 1;
}

export async function family({ path }: { path: string }): Promise<void> {
  const daemon = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  writeFileSync(path + ".new", JSON.stringify([process.pid, daemon.pid]));
  renameSync(path + ".new", path);
  await new Promise(() => setInterval(() => {}, 1000));
}
`;
const AGENTS: Readonly<Record<string, ServeWith>> = {
  Python: { files: { "agent.py": PYTHON }, file: "agent.py", modules: functionsOf(PYTHON) },
  TypeScript: { files: { "agent.ts": TYPESCRIPT }, file: "agent.ts", modules: ["well", "family"] },
};
const GONE_MS = 2000;
const IS_ROOT = process.getuid?.() === 0;
const MEMORY_GROUP = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"].find((folder) =>
  ["memory.limit_in_bytes", "memory.max", "cgroup.procs"].some((file) => existsSync(join(folder, file))),
);

async function serving(what: ServeWith | undefined): Promise<Serving> {
  if (what === undefined) throw new Error("no such agent");
  const served = await serveFolder(what);
  onTestFinished(() => served[Symbol.asyncDispose]());
  return served;
}

/** The ids of every process that a run and its children are, once they are there. */
async function family(served: Serving): Promise<{ readonly pids: number[]; readonly run: Promise<unknown> }> {
  const path = join(served.beside, "family");
  const run = served.call("family", { path }).catch((error: unknown) => error);
  await eventually("the run's processes", () => existsSync(path), READY_MS);
  return { pids: JSON.parse(readFileSync(path, "utf8")), run };
}

test.each(Object.keys(AGENTS))(
  "kill -9 of serve: nothing of a %s agent survives two seconds",
  async (language) => {
    const served = await serving(AGENTS[language]);
    const { pids, run } = await family(served);
    expect(pids.every(isAlive)).toBe(true);
    process.kill(served.process.pid, "SIGKILL");
    await eventually("the end of every process", () => !pids.some(isAlive), GONE_MS);
    expect(await served.process.ended).toBe(137);
    expect(await run).toBeInstanceOf(Error);
  },
  READY_MS,
);

test.each(Object.keys(AGENTS))(
  "Ctrl-C: nothing of a %s agent survives two seconds, its caller is told",
  async (language) => {
    const served = await serving(AGENTS[language]);
    const { pids, run } = await family(served);
    const began = performance.now();
    served.process.signal("SIGINT");
    expect(await run).toEqual(problemLike(409, "RUN_CANCELLED", { by: "shutdown" }));
    expect(await served.process.ended).toBe(130);
    await eventually("the end of every process", () => !pids.some(isAlive), GONE_MS);
    expect(performance.now() - began).toBeLessThan(GONE_MS);
  },
  READY_MS,
);

test.each(Object.keys(AGENTS))(
  "two serves of one %s folder: both answer, both reload, each ends alone",
  async (language) => {
    const first = await serving(AGENTS[language]);
    const second = startServe(first.folder.path, { home: join(first.beside, "home") });
    onTestFinished(() => second.close());
    const other = callsTo(JSON.parse(await second.line((line) => line.includes('"ready"'), READY_MS)).url);
    expect(other.port).not.toBe(first.port);
    await Promise.all([first.neighbour(), other.neighbour()]);
    const [name = "", text = ""] = Object.entries(AGENTS[language]?.files ?? {})[0] ?? [];
    await first.folder.write(name, text.replace("n + 1", "n + 2"));
    for (const one of [first, other]) {
      await eventually("the new code's answer", async () => (await one.call("well", { n: 1 })).text === "3", READY_MS);
    }
    second.signal("SIGINT");
    expect(await second.ended).toBe(130);
    expect(await first.call("well", { n: 1 })).toMatchObject({ status: 200, text: "3" });
  },
  READY_MS,
);

test(
  "a port that is taken ends with 3 and names it, the first goes on",
  async () => {
    const first = await serving(AGENTS.Python);
    const { code, stderr } = await runagent(["serve", first.folder.path, "--port", String(first.port)], {
      cwd: first.beside,
    });
    expect(code).toBe(3);
    expect(stderr).toContain(String(first.port));
    await first.neighbour();
  },
  READY_MS,
);

test.skipIf(!IS_ROOT || MEMORY_GROUP === undefined)(
  "an agent that eats memory until the kernel kills it (needs root and cgroups) is OUT_OF_MEMORY, and others are served",
  async () => {
    const served = await serving(AGENTS.Python);
    const limit = 128 * 1024 * 1024;
    const group = join(MEMORY_GROUP ?? "", `runagent-test-${process.pid}`);
    mkdirSync(group);
    onTestFinished(() => eventually("the group's end", () => removed(group), GONE_MS).then(() => undefined));
    const file = ["memory.limit_in_bytes", "memory.max"].find((name) => existsSync(join(group, name)));
    writeFileSync(join(group, file ?? ""), String(limit));
    const eating = served.call("eats", { procs: join(group, "cgroup.procs") });
    await served.neighbour();
    const answer = await eating;
    await served.neighbour();
    expect(answer).toEqual(
      problemLike(502, "OUT_OF_MEMORY", {
        origin: "agent",
        limit_bytes: expect.any(Number),
        peak_bytes: expect.any(Number),
      }),
    );
  },
  READY_MS,
);

function removed(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false; // a process of it is not reaped yet
  }
}

test.skipIf(!IS_ROOT || process.platform !== "linux").each(Object.keys(AGENTS))(
  "a cache disk that gets full while a %s agent is served (needs root): calls go on, a save is loaded or says why, and heals",
  async (language) => {
    const agent = AGENTS[language];
    const home = await smallDisk();
    const served = await serving(agent === undefined ? undefined : { ...agent, home });
    await fill(home);
    await served.neighbour();
    const [name = "", text = ""] = Object.entries(agent?.files ?? {})[0] ?? [];
    await served.folder.write(name, text.replace("n + 1", "n + 2"));
    const answer = await eventually(
      "an answer of another kind",
      async () => {
        const one = await served.call("well", { n: 1 });
        return one.text === "2" ? null : one;
      },
      READY_MS,
    );
    if (answer.status === 200) expect(answer.text).toBe("3");
    else expect(answer).toEqual(problemLike(503, "LOAD_FAILED", { detail: expect.stringMatching(/full.*ENOSPC/) }));
    expect((await served.request("/healthz")).status).toBe(200);
    await rm(join(home, "filler"));
    await served.folder.write(name, `${text}\n`);
    await eventually("a healed agent", async () => (await served.call("well", { n: 1 })).text === "2", READY_MS);
    await served.neighbour();
  },
  READY_MS * 2,
);

async function smallDisk(): Promise<string> {
  const folder = await tempFolder();
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", folder.path]);
  onTestFinished(async () => {
    execFileSync("umount", ["-l", folder.path]);
    await folder.close();
  });
  return folder.path;
}

async function fill(folder: string): Promise<void> {
  const filler = join(folder, "filler");
  const full = await writeFile(filler, Buffer.alloc(16 * 1024 * 1024)).catch((error: unknown) => error);
  expect(full).toMatchObject({ code: "ENOSPC" });
  expect(statSync(filler).size).toBeGreaterThan(0);
}
