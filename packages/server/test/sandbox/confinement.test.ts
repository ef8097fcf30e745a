/** What agent code can see, reach and use up in a container, tried by an agent and told by it. */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Base } from "../../src/build/base/debian.ts";
import type { Worker } from "../../src/sandbox/index.ts";
import { BUILD_MS, CAN_CONFINE, startConfined, testBase } from "./confined.ts";
import { fixture, run, type Started } from "./harness.ts";

const TAGS = [
  ...[
    "look",
    "read",
    "write",
    "who",
    "environment",
    "status",
    "processes",
    "syscall",
    "connect",
    "make_socket",
    "own_server",
  ],
  ...["fill_memory", "fill_disk", "many_threads", "many_files", "kill"],
];
const MEMORY_MB = 256;
const DISK_MB = 64;

describe.runIf(CAN_CONFINE)("an agent in a container", () => {
  let base: Base;
  let started: Started;
  let worker: Worker;
  beforeAll(async () => {
    base = await testBase();
    started = startConfined(base, {
      root: fixture("confined"),
      file: "agent.py",
      tags: TAGS,
      env: { NAMED: "value" },
      memoryBytes: MEMORY_MB << 20,
      diskBytes: DISK_MB << 20,
    });
    worker = await started.sandbox.spawn({ once: false });
  }, BUILD_MS);
  afterAll(() => started?.close());

  const told = async (tag: string, input: object = {}): Promise<unknown> => {
    const outcome = await run(worker, tag, input).ended;
    if (outcome.kind !== "value") throw new Error(`${tag}: ${JSON.stringify(outcome)}`);
    return JSON.parse(outcome.output);
  };

  test("is not root, has no capability, no new privilege, and a filter", async () => {
    const { uid, gid, groups, home } = Object(await told("who"));
    expect(uid).toBeGreaterThan(999_999);
    expect({ gid, groups, home }).toEqual({ gid: uid, groups: [], home: "/home/agent" });
    expect(await told("status", { name: "CapBnd" })).toBe("0000000000000000");
    expect(await told("status", { name: "CapEff" })).toBe("0000000000000000");
    expect(await told("status", { name: "NoNewPrivs" })).toBe("1");
    expect(await told("status", { name: "Seccomp" })).toBe("2");
  });

  test("has its own environment, and nothing of ours", async () => {
    const names = Object.keys(Object(await told("environment")));
    expect(names).toContain("NAMED");
    expect(names.filter((name) => name.startsWith("RUNAGENT_") || name in { SHELL: 1, SSH_AUTH_SOCK: 1 })).toEqual([]);
    expect(names.toSorted()).toEqual(["HOME", "LANG", "NAMED", "PATH", "USER"]);
  });

  test("sees its own files and those of the base, and writes only where it may", async () => {
    expect(await told("look", { path: "/agent" })).toEqual(["agent.py"]);
    expect(await told("look", { path: "/root" })).toBe("Permission denied");
    expect(await told("look", { path: process.cwd() })).toBe("No such file or directory");
    expect(await told("read", { path: "/etc/shadow" })).toMatch(/denied|No such file/);
    for (const path of ["/agent/new", "/home/agent/new", "/tmp/new"])
      expect(await told("write", { path })).toBe("written");
    for (const path of ["/new", "/etc/new", "/usr/bin/new", "/run/runagent/new", "/opt/runagent/runagent_worker/new"]) {
      expect(await told("write", { path })).toMatch(/Read-only file system|Permission denied/);
    }
    expect(readdirSync(fixture("confined"))).toEqual(["agent.py"]);
  });

  test("sees only its own processes, and may end none but those", async () => {
    const pids = Object(await told("processes")).length;
    expect(pids).toBeLessThan(12);
    expect(await told("kill", { pid: 1 })).toBe("killed"); // it is asked, and the kernel keeps it
    expect(await told("kill", { pid: process.pid })).toMatch(/No such process/);
    expect(await told("who")).toBeDefined();
  });

  test.each([
    ["proc", "/proc/sysrq-trigger"],
    ["sysctl", "/proc/sys/kernel/core_pattern"],
    ["the kernel's memory", "/proc/kcore"],
    ["control groups", "/sys/fs/cgroup/memory/memory.limit_in_bytes"],
    ["firmware", "/sys/firmware/x"],
  ])("cannot write to %s", async (_, path) => {
    expect(await told("write", { path })).not.toBe("written");
  });

  /** Numbers of x86-64; what they need is allowed by nobody, so the first argument already decides. */
  test.runIf(process.arch === "x64").each([
    ["mount", 165, ["none", "/tmp", "tmpfs", 0, 0]],
    ["make a user namespace", 272, [0x10000000]],
    ["make a network namespace", 272, [0x40000000]],
    ["enter a namespace", 308, [0, 0]],
    ["clone into a user namespace", 56, [0x10000000, 0, 0, 0, 0]],
    ["trace", 101, [0, 0, 0, 0]],
    ["read another process", 310, [1, 0, 0, 0, 0, 0]],
    ["use keyrings", 250, [0, -3, 0]],
    ["load programs into the kernel", 321, [0, 0, 0]],
    ["count with perf", 298, [0, 0, 0, 0, 0]],
    ["use io_uring", 425, [1, 0]],
    ["handle page faults", 323, [0]],
    ["open by handle", 304, [0, 0, 0]],
    ["load a module", 175, [0, 0, ""]],
    ["change its root", 161, ["/tmp"]],
    ["set the clock", 227, [0, 0]],
    ["name the host", 170, ["other", 5]],
    ["read the kernel's log", 103, [10, 0, 0]],
  ])("cannot %s", async (_, number, args) => {
    expect(await told("syscall", { number, args })).toBe("Operation not permitted");
  });

  test.runIf(process.arch === "x64")("cannot make a device, or become another user", async () => {
    expect(await told("syscall", { number: 133, args: ["/tmp/sda", 0o60666, 0x800] })).toBe("Operation not permitted");
    expect(await told("syscall", { number: 105, args: [0] })).toBe("Operation not permitted");
  });

  test("makes Unix and Internet sockets, and no others", async () => {
    const [stream, raw] = [1, 3];
    for (const family of [1, 2, 10]) expect(await told("make_socket", { family, kind: stream })).toBe("made");
    for (const family of [16, 17, 38, 40]) {
      expect(await told("make_socket", { family, kind: raw })).toBe("Operation not permitted");
    }
    expect(await told("make_socket", { family: 2, kind: raw })).not.toBe("made");
  });

  test("reaches its own servers, and not the loopback of the host", async () => {
    const server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    try {
      expect(await told("own_server")).toBe("connected");
      expect(await told("connect", { host: "127.0.0.1", port: address.port })).toBe("ConnectionRefusedError");
      expect(await told("connect", { host: "169.254.169.254", port: 80 })).toBe("OSError");
    } finally {
      server.close();
    }
  });

  test("has so much disk and no more, in all places together", async () => {
    for (const path of ["/agent/big", "/tmp/big", "/home/agent/big"]) {
      expect(await told("fill_disk", { path, megabytes: DISK_MB })).toBe("No space left on device");
      expect(await told("fill_disk", { path, megabytes: DISK_MB / 4 })).toBe("written");
    }
  });

  test("has so many threads and open files and no more", async () => {
    expect(await told("many_threads", { count: 2000 })).toMatchObject({
      said: expect.stringContaining("start new thread"),
    });
    expect(await told("many_files", { count: 10_000 })).toMatchObject({ said: "Too many open files" });
    expect(await told("who")).toBeDefined();
  });

  test("that takes too much memory ends OUT_OF_MEMORY, its neighbour goes on", async () => {
    const greedy = await started.sandbox.spawn({ once: false });
    const outcome = await run(greedy, "fill_memory", { megabytes: MEMORY_MB * 2 }).ended;
    expect(outcome).toMatchObject({ kind: "lost", exit: { outOfMemory: { limitBytes: MEMORY_MB << 20 } } });
    expect(await told("who")).toBeDefined();
  });
});
