/** Two agents beside each other: what one does to the other, to the server and to what comes after it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { linkSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Base } from "../../../src/build/base/debian.ts";
import type { Worker } from "../../../src/sandbox/index.ts";
import { BUILD_MS, CAN_CONFINE, startConfined, testBase } from "../confined.ts";
import { fixture, run, type Started } from "../harness.ts";

const TAGS = [
  ...["echo", "nap", "read", "forge", "first_process", "scripts", "garbage", "connections", "signal_all", "inodes"],
  ...["fork_bomb", "shout", "setuid_file", "setuid_files", "abstract", "leave", "left"],
  ...["hungry_child", "hungry_child_forgiven"],
  ...["template", "own_files", "udp", "impersonate", "event_flood"],
];
const MEMORY_MB = 256;
const DISK_MB = 64;

describe.runIf(CAN_CONFINE)("an agent that means harm", () => {
  let base: Base;
  let bad: Started;
  let good: Started;
  let attacker: Worker;
  let neighbour: Worker;
  const open = (root: string): Started =>
    startConfined(base, {
      ...{ root, file: "agent.py", tags: TAGS },
      ...{ memoryBytes: MEMORY_MB << 20, diskBytes: DISK_MB << 20 },
    });
  beforeAll(async () => {
    base = await testBase();
    [bad, good] = [open(fixture("escape")), open(fixture("escape"))];
    attacker = await bad.sandbox.spawn({ once: false });
    neighbour = await good.sandbox.spawn({ once: false });
  }, BUILD_MS);
  afterAll(() => Promise.all([bad?.close(), good?.close()]));

  const told = async (worker: Worker, tag: string, input: object = {}): Promise<unknown> => {
    const outcome = await run(worker, tag, input).ended;
    if (outcome.kind !== "value") throw new Error(`${tag}: ${JSON.stringify(outcome)}`);
    return JSON.parse(outcome.output);
  };
  /** The neighbour answers while the attack goes on, and so does the attacker's own sandbox afterwards. */
  const undisturbed = async (tag: string, input: object = {}): Promise<unknown> => {
    const attack = told(attacker, tag, input);
    expect(await told(neighbour, "echo", { value: 1 })).toBe(1);
    const said = await attack;
    expect(await told(neighbour, "echo", { value: 2 })).toBe(2);
    expect(await told(attacker, "echo", { value: 3 })).toBe(3);
    return said;
  };

  test("cannot look into the first process of its sandbox, or speak in its name", async () => {
    const seen = Object(await told(attacker, "first_process"));
    expect(new Set(Object.values(seen))).toEqual(new Set(["Permission denied"]));
    expect(await told(attacker, "forge", { pid: process.pid })).toBe("Permission denied");
  });

  test("cannot look into what all runs are forked from, or write there; its own files it may read", async () => {
    const seen = Object(await told(attacker, "template"));
    expect(new Set(Object.values(seen))).toEqual(new Set(["Permission denied"]));
    expect(new Set(Object.values(Object(await told(attacker, "own_files"))))).toEqual(new Set([true]));
  });

  test.each(["8.8.8.8", "169.254.169.254", "2001:4860:4860::8888", "::ffff:10.0.0.1", "255.255.255.255"])(
    "sends no datagram to %s",
    async (host) => {
      expect(await told(attacker, "udp", { host, port: 53 })).toMatch(/unreachable|denied|not permitted/i);
    },
  );

  test("is not taken for another worker of its own sandbox", async () => {
    expect(await undisturbed("impersonate")).toMatch(/closed|reset/i);
  });

  test("does not drown the server with events", { timeout: 60_000 }, async () => {
    const flood = run(attacker, "event_flood", { count: 100_000 });
    expect(await told(neighbour, "echo", { value: 1 })).toBe(1);
    expect(await flood.ended).toMatchObject({ kind: "stream" });
  });

  test("finds no token of another process in the folder of its socket", async () => {
    const names = await told(attacker, "scripts");
    expect(Array.isArray(names) && names.toSorted()).toEqual([expect.stringMatching(/\.sock$/), "init"]);
  });

  test("is not listened to when it talks nonsense to the server", async () => {
    expect(await undisturbed("garbage")).toMatch(/closed|reset|Broken pipe/i);
  });

  test("cannot use up the server's connections", async () => {
    expect(await undisturbed("connections", { count: 300 })).not.toBe("held");
  });

  test("cannot end the first process", async () => {
    expect(await undisturbed("signal_all")).toEqual({ first: null }); // asked, and the kernel keeps it
  });

  test("has so many files and no more", async () => {
    expect(await undisturbed("inodes", { count: 1_000_000 })).toMatchObject({ said: "No space left on device" });
  });

  test("has so many processes and no more", async () => {
    const own = open(fixture("escape"));
    const bomber = await own.sandbox.spawn({ once: false });
    const bomb = run(bomber, "fork_bomb").ended;
    expect(await told(neighbour, "echo", { value: 1 })).toBe(1);
    const outcome = await bomb; // it may have taken workers of its own sandbox with it
    if (outcome.kind === "value") expect(outcome.output).toContain("Resource temporarily unavailable");
    await bomber.kill();
    expect(await told(await own.sandbox.spawn({ once: false }), "echo", { value: 2 })).toBe(2);
    await own.close();
  });

  test("does not drown the server with what it prints", async () => {
    expect(await undisturbed("shout", { count: 100_000 })).toBe(100_000);
  });

  test("becomes nobody else by a program that says so", async () => {
    const [became, is] = Object(await told(attacker, "setuid_file"));
    expect(became).toBe(is);
  });

  test("shares no abstract socket with anybody", async () => {
    expect(await told(attacker, "abstract", { name: "meet", listen: true })).toBe("bound");
    expect(await told(neighbour, "abstract", { name: "meet", listen: false })).toBe("Connection refused");
    const server = createServer().listen("\0runagent-test-host");
    await once(server, "listening");
    expect(await told(attacker, "abstract", { name: "runagent-test-host", listen: false })).toBe("Connection refused");
    server.close();
  });

  test("that lets a child take too much memory ends OUT_OF_MEMORY, unless it can live with it", async () => {
    const input = { megabytes: MEMORY_MB * 2 };
    expect(await run(attacker, "hungry_child", input).ended).toMatchObject({
      kind: "error",
      outOfMemory: { limitBytes: MEMORY_MB << 20 },
    });
    expect(await told(attacker, "hungry_child_forgiven", input)).toBe(-9);
    expect(await told(neighbour, "echo", { value: 1 })).toBe(1);
  });

  test("leaves nothing for the next version", async () => {
    const first = open(fixture("escape"));
    await told(await first.sandbox.spawn({ once: false }), "leave", { text: "x" });
    await first.close();
    const next = open(fixture("escape"));
    expect(await told(await next.sandbox.spawn({ once: false }), "left")).toEqual([]);
    await next.close();
  });

  test("finds behind a link in its folder what is inside, not what is on the host", async () => {
    const [root, outside] = [mkdtempSync(join(tmpdir(), "ra-")), join(mkdtempSync(join(tmpdir(), "ra-")), "secret")];
    writeFileSync(outside, "secret");
    writeFileSync(join(root, "agent.py"), readFileSync(join(fixture("escape"), "agent.py")));
    symlinkSync(outside, join(root, "link"));
    symlinkSync("/etc/passwd", join(root, "passwd"));
    symlinkSync("../../../../../../etc", join(root, "up"));
    linkSync(outside, join(root, "hard"));
    const linked = open(root);
    const worker = await linked.sandbox.spawn({ once: false });
    expect(await told(worker, "read", { path: "/agent/link" })).toBe("No such file or directory");
    expect(await told(worker, "read", { path: "/agent/passwd" })).not.toContain("daemon");
    expect(await told(worker, "read", { path: "/agent/up/hostname" })).toBe("No such file or directory");
    expect(await told(worker, "read", { path: "/agent/hard" })).toBe("secret"); // its own file; a copy of it
    expect(readFileSync(outside, "utf8")).toBe("secret");
    await linked.close();
    for (const one of [root, join(outside, "..")]) rmSync(one, { recursive: true, force: true });
  });

  test.each(["import", "fork"])(
    "does not make the server end a process of the host by its number: at %s",
    async (when) => {
      const victim = spawn("sleep", ["1000"]);
      const lying = startConfined(base, {
        ...{ root: fixture("liar"), file: "agent.py", tags: ["who"] },
        env: { VICTIM: String(victim.pid), WHEN: when },
      });
      const spawned = lying.sandbox.loaded.then(() => lying.sandbox.spawn({ once: false }));
      const ran = await spawned.then(
        (worker) => worker.kill().then(() => "ran"),
        () => "refused",
      );
      expect(ran).toMatch(/ran|refused/);
      await lying.close();
      expect(isAlive(victim.pid ?? 0)).toBe(true);
      victim.kill("SIGKILL");
    },
  );
});
