/** A server that is killed at any moment of a sandbox's life leaves nothing behind after the next start. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, startProcess } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Base } from "../../../src/build/base/debian.ts";
import { findRuntime, sweepSandboxes } from "../../../src/sandbox/index.ts";
import { BUILD_MS, CAN_CONFINE, HOME, testBase } from "../confined.ts";
import { fixture } from "../harness.ts";

const CGROUPS = ["memory/runagent", "pids/runagent", "unified/runagent", "runagent"].map((one) =>
  join("/sys/fs/cgroup", one),
);

describe.runIf(CAN_CONFINE).each([
  ["that end with it", null],
  ["that outlive it, and that nobody adopts", "v1"],
])("a server that is killed, with sandboxes %s", (_, detached) => {
  let base: Base;
  let folder: string;
  let sandboxes: string;
  beforeAll(async () => {
    base = await testBase();
    folder = mkdtempSync(join(tmpdir(), "ra-"));
    sandboxes = join(folder, "sandboxes");
    mkdirSync(sandboxes);
    const order = {
      root: fixture("escape"),
      file: "agent.py",
      tags: ["echo"],
      sandboxes,
      ...(detached === null ? {} : { detached }),
    };
    writeFileSync(join(folder, "server.ts"), server(base, order));
  }, BUILD_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ids = (): string[] => readdirSync(sandboxes).filter((name) => name !== "volumes");
  const has = (file: string) => (): boolean => ids().some((id) => existsSync(join(sandboxes, id, file)));
  const said = (word: string) => (): boolean => existsSync(join(folder, word));

  test.each([
    ["it has a folder", () => ids().length > 0],
    ["its disk is copied", has("volume.img")],
    ["its disk is mounted", has("volume/lost+found")],
    ["its folder is copied", has("volume/agent/agent.py")],
    ["its pipe is there", has("lifeline")],
    ["the runtime has begun", has("config.json")],
    ["its first process is there", has("init.pid")],
    ["it is loaded", said("loaded")],
    ["a worker runs", said("spawned")],
    ["it is being closed", said("closing")],
  ] as const)("when %s", { timeout: BUILD_MS }, async (_when, reached) => {
    for (const word of ["loaded", "spawned", "closing"]) rmSync(join(folder, word), { force: true });
    await using process = startProcess([globalThis.process.execPath, join(folder, "server.ts")]);
    await expect.poll(() => reached(), { timeout: 30_000, interval: 1 }).toBe(true);
    const left = ids();
    globalThis.process.kill(process.pid, "SIGKILL");
    await process.ended;
    const pids = left.map((id) => Number(textOf(join(sandboxes, id, "init.pid")))).filter((pid) => pid > 0);
    const runtime = findRuntime(join(HOME, "runc"), globalThis.process.env.PATH ?? "");
    if (runtime === null) throw new Error("no runtime");
    const sockets = left.map((id) => textOf(join(sandboxes, id, "sockets"))).filter(Boolean);
    await sweepSandboxes(runtime, sandboxes, detached === null ? "kept" : "ended");
    expect(sockets.filter((path) => existsSync(path))).toEqual([]);
    expect(ids()).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(sandboxes);
    for (const id of left) {
      expect(existsSync(join(HOME, "runc", id))).toBe(false);
      expect(CGROUPS.filter((group) => existsSync(join(group, id)))).toEqual([]);
    }
    expect(pids.filter(isAlive)).toEqual([]);
    await expect.poll(loops, { timeout: 2000 }).not.toContain(sandboxes);
  });
});

/** A server with one sandbox, that says how far it is by files. */
function server(base: Base, order: object): string {
  const confined = JSON.stringify(join(import.meta.dirname, "../confined.ts"));
  return `import { writeFileSync } from "node:fs";
import { startConfined } from ${confined};
const say = (word) => writeFileSync(new URL(word, import.meta.url), "");
const { sandbox } = startConfined(${JSON.stringify(base)}, ${JSON.stringify(order)});
await sandbox.loaded;
say("loaded");
await sandbox.spawn({ once: false });
say("spawned");
setTimeout(() => {
  say("closing");
  void sandbox.close(0);
}, 300);
`;
}

/** The files behind all loop devices. */
function loops(): string {
  const devices = readdirSync("/sys/block").filter((name) => name.startsWith("loop"));
  return devices.map((name) => textOf(join("/sys/block", name, "loop/backing_file"))).join("");
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
