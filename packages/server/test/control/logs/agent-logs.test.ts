/** Logs of agents in real files, and over HTTP. */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AgentLogRecord, DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { AgentLogs, type Wanted } from "../../../src/control/logs/agent-logs.ts";
import { problemIn, serving } from "../../gateway/serving.ts";

const SUPPORT = { agent: "support", version: "v2" };
const BUILD = { ...SUPPORT, id: "dep_1" };
const ALL: Wanted = { follow: false, since: null, run: null, build: null };
const NOON = Date.parse("2026-11-22T12:00:00.000Z");

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "logs-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function opened(folder: string, limits: Partial<typeof DEFAULT_LIMITS> = {}, now = Date.now) {
  const notes: string[] = [];
  const logs = new AgentLogs({
    ...{ folder, now, limits: { ...DEFAULT_LIMITS, ...limits } },
    isAgent: (name) => name === "quiet",
    note: (sentence) => notes.push(sentence),
  });
  onTestFinished(() => logs.close());
  const say = (message: string, run: string | null = null, at = NOON): void =>
    logs.printed(SUPPORT, run, { at: new Date(at).toISOString(), level: "info", stream: "stdout", message });
  return { logs, say, notes };
}

async function read(logs: AgentLogs, wanted: Partial<Wanted> = {}, agent = "support"): Promise<string[]> {
  const reading = await logs.read(agent, { ...ALL, ...wanted });
  const found: string[] = [];
  for await (const { message } of reading(new AbortController().signal)) found.push(message);
  return found;
}

describe("the kept log of an agent", () => {
  test("is read by run, by time and by build, and is there after a restart, a line cut in half aside", async () => {
    const folder = newFolder();
    const { logs, say } = opened(folder);
    say("imported");
    say("héllo\nthere", "run_1", NOON + 1000);
    say("bye", "run_2", NOON + 2000);
    logs.built(BUILD, "Resolved 12 packages");
    expect(await read(logs)).toEqual(["imported", "héllo\nthere", "bye"]);
    await logs.close();
    appendFileSync(join(folder, "support/runs/000000001.ndjson"), '{"at":"2026-');

    const next = opened(folder);
    next.say("again", "run_1", NOON + 3000);
    expect(await read(next.logs)).toEqual(["imported", "héllo\nthere", "bye", "again"]);
    expect(await read(next.logs, { run: "run_1" })).toEqual(["héllo\nthere", "again"]);
    expect(await read(next.logs, { since: NOON + 2000 })).toEqual(["bye", "again"]);
    expect(await read(next.logs, { build: "v2" })).toEqual(["Resolved 12 packages"]);
    expect(await read(next.logs, { build: "dep_1" })).toEqual(["Resolved 12 packages"]);
    expect(await read(next.logs, { build: "v3" })).toEqual([]);
    expect(await read(next.logs, {}, "quiet")).toEqual([]);
    await expect(read(next.logs, {}, "../support")).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
    await next.logs.forget("support");
    await expect(read(next.logs)).rejects.toMatchObject({ code: "AGENT_NOT_FOUND" });
  });

  test("is followed without a gap while files change, by a reader that sets the pace", async () => {
    const { logs, say } = opened(newFolder(), { log_segment: 2000 });
    const reader = new AbortController();
    const reading = await logs.read("quiet", { ...ALL, follow: true });
    const lines = reading(reader.signal)[Symbol.asyncIterator]();
    const quiet = { agent: "quiet", version: "v1" };
    const expected: string[] = [];
    const found: (string | undefined)[] = [];
    for (let n = 0; n < 200; n += 1) {
      expected.push(`line ${n} ${"ü".repeat(100)}`);
      const record = { at: new Date(NOON).toISOString(), level: "info", stream: "stdout" } as const;
      logs.printed(quiet, null, { ...record, message: expected[n] ?? "" });
      if (n % 3 === 0) found.push((await lines.next()).value?.message);
    }
    while (found.length < expected.length) found.push((await lines.next()).value?.message);
    expect(found).toEqual(expected);
    const end = lines.next();
    reader.abort();
    expect((await end).done).toBe(true);
    say("to be closed with");
  });

  test("reads a line that is longer than what is read at once", async () => {
    const { logs, say } = opened(newFolder());
    const long = "x".repeat(200_000);
    say("before");
    say(long);
    say("after");
    expect(await read(logs)).toEqual(["before", long, "after"]);
  });

  test("is bounded: whole files go, the oldest first, and those that are too old", async () => {
    const folder = newFolder();
    const limits = { log_segment: 1000, logs_per_agent: 5000, logs_together: 100_000, log_age: 60_000 };
    let now = Date.now();
    const { logs, say } = opened(folder, limits, () => now);
    for (let n = 0; n < 200; n += 1) {
      say(`line ${n}`);
      await logs.flushed();
    }
    const kept = await read(logs);
    expect(kept.length).toBeLessThan(5000 / 100);
    expect(kept.at(-1)).toBe("line 199");
    const files = readdirSync(join(folder, "support/runs")).sort();
    const [oldest = ""] = files;
    utimesSync(join(folder, "support/runs", oldest), 0, 0);
    await logs.sweep();
    expect(readdirSync(join(folder, "support/runs")).sort()).toEqual(files.slice(1));
    now += 3_600_000;
    await logs.sweep();
    expect(readdirSync(join(folder, "support/runs"))).toEqual([]);
    say("still here");
    expect(await read(logs)).toEqual(["still here"]);
  });

  test("drops what the disk is too slow for, and says how much", async () => {
    const { logs, say } = opened(newFolder(), { log_unwritten: 1000 });
    for (let n = 0; n < 100; n += 1) say(`line ${n}`);
    await logs.flushed();
    say("later");
    const kept = await read(logs);
    expect(kept).toContain("line 0");
    expect(kept.at(-2)).toMatch(/^\d+ lines are missing here: the disk did not take them/);
    expect(kept.length).toBeLessThan(20);
  });

  test("a disk that takes nothing is said once and stops nobody", async () => {
    const folder = newFolder();
    const { logs, say, notes } = opened(folder);
    writeFileSync(join(folder, "support"), ""); // where its folder should be
    for (let n = 0; n < 3; n += 1) {
      say("lost");
      await logs.flushed();
    }
    expect(notes.filter((one) => one.startsWith("The log of support cannot be written"))).toHaveLength(1);
    rmSync(join(folder, "support"));
    say("kept");
    expect(await read(logs)).toEqual([
      "kept",
      expect.stringMatching(/^3 lines are missing here: the disk did not take/),
    ]);
  });
});

describe("GET /v1/agents/{agent}/logs", () => {
  test("streams records, goes on while it is followed, and ends with its reader", async () => {
    const { logs, say } = opened(newFolder());
    say("one", "run_1");
    logs.built(BUILD, "installing");
    const { url, gateway } = await serving((world) => {
      world.logs = logs;
    });
    const path = `${url}/v1/agents/support/logs`;
    const answer = await fetch(path);
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const record: AgentLogRecord = JSON.parse(await answer.text());
    expect(record).toEqual({
      ...{ at: "2026-11-22T12:00:00.000Z", level: "info", stream: "stdout", message: "one" },
      ...{ version: "v2", run: "run_1", deployment: null },
    });
    const build = await fetch(`${path}?build=v2`, { headers: { accept: "text/event-stream" } });
    expect(await build.text()).toContain('"stream":"build","message":"installing"');

    const body = (await fetch(`${path}?follow=true`)).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await body?.read())?.value).toContain('"message":"one"');
    say("two");
    expect((await body?.read())?.value).toContain('"message":"two"');
    const end = body?.read();
    await gateway.close(30_000);
    expect((await end)?.done).toBe(true);
  });

  test("refuses what it does not understand, and is not there in serve", async () => {
    const { logs, say } = opened(newFolder());
    say("one");
    const { url } = await serving((world) => {
      world.logs = logs;
    });
    const code = async (query: string): Promise<string> =>
      (await problemIn(await fetch(`${url}/v1/agents/support/logs?${query}`))).code;
    expect(await code("since=yesterday")).toBe("INVALID_REQUEST");
    expect(await code("follow=maybe")).toBe("INVALID_REQUEST");
    expect(await code("run=run_1&build=v1")).toBe("INVALID_REQUEST");
    expect((await problemIn(await fetch(`${url}/v1/agents/other/logs`))).code).toBe("AGENT_NOT_FOUND");
    const serve = await problemIn(await fetch(`${(await serving()).url}/v1/agents/support/logs`));
    expect(serve).toMatchObject({ code: "NOT_FOUND" });
  });
});
