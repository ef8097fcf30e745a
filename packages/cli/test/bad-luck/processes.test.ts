/** Agents that end, divide, silence or block their processes: their own run pays for it, nobody else's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { besides, functionsOf, problemLike, READY_MS, type Serving, saying, serveFolder } from "./serving.ts";

const AGENT = readFileSync(join(import.meta.dirname, "fixtures/processes.py"), "utf8");

/** A million prints, a record each, on a machine that does other things too. */
const MANY_LINES_MS = 90_000;

let served: Serving;
beforeAll(async () => {
  served = await serveFolder({ files: { "agent.py": AGENT }, file: "agent.py", modules: functionsOf(AGENT) });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

const logsOf = async (runId: string | null): Promise<string> => (await served.request(`/v1/runs/${runId}/logs`)).text;

describe("a function that ends its process", () => {
  test.each([
    ["os_exit", /exit code 7/, { exit_code: 7, signal: null }],
    ["os_exit_async", /exit code 8/, { exit_code: 8, signal: null }],
    ["aborts", /SIGABRT/, { exit_code: null, signal: "SIGABRT" }],
    ["crashes", /SIGSEGV/, { exit_code: null, signal: "SIGSEGV" }],
    ["kills_itself", /SIGKILL/, { exit_code: null, signal: "SIGKILL" }],
    ["terminates_itself", /SIGTERM|exit code/, {}],
  ])("by %s is WORKER_LOST at once, the agent's fault, and its place is taken", async (tag, detail, ending) => {
    const began = performance.now();
    const answer = await served.call(tag);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(answer).toEqual(
      problemLike(502, "WORKER_LOST", { origin: "agent", retryable: false, ...saying(detail), ...ending }),
    );
    expect(await besides(served, served.call(tag))).toEqual(problemLike(502, "WORKER_LOST"));
    expect(await served.call("calm", { n: 1 })).toMatchObject({ status: 200, text: "2" });
  });

  test.each([
    ["sys_exit", /SystemExit: enough/],
    ["sys_exit_async", /SystemExit: 3/],
    ["interrupts", /KeyboardInterrupt/],
  ])("by %s is only that run's error", async (tag, detail) => {
    const lasting = served.call("lasting", { seconds: 0.5 });
    expect(await besides(served, served.call(tag))).toEqual(
      problemLike(500, "AGENT_ERROR", { origin: "agent", ...saying(detail) }),
    );
    expect(await lasting).toMatchObject({ status: 200, text: '"lasted"' });
  });
});

describe("a function that forks", () => {
  test("and waits has its child's exit code, and the child's print is in its log", async () => {
    const answer = await besides(served, served.call("forks"));
    expect(answer).toMatchObject({ status: 200, text: "3" });
    const id = answer.headers.get("runagent-run-id");
    await eventually("the child's line", async () => served.process.output.stdout.includes("from the child"), 2000);
    expect(id).toMatch(/^run_/);
  });

  test.each(["fork_returns", "fork_raises"])("and comes back twice (%s) answers once, the parent's", async (tag) => {
    for (let n = 0; n < 3; n += 1) {
      expect(await besides(served, served.call(tag))).toMatchObject({ status: 200, text: '"parent"' });
    }
  });

  test("and leaves a child behind has its answer at once", async () => {
    const path = `${served.beside}/child`;
    const began = performance.now();
    expect(await besides(served, served.call("fork_stays", { path }))).toMatchObject({ status: 200, text: '"parent"' });
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("a function with threads", () => {
  test("has what they did and printed", async () => {
    const answer = await besides(served, served.call("threads"));
    expect(answer).toMatchObject({ status: 200, text: "50" });
    const id = answer.headers.get("runagent-run-id");
    await eventually("fifty lines", async () => (await logsOf(id)).match(/"thread \d+"/g)?.length === 50, 2000);
  });

  test("that stay has its answer at once", async () => {
    expect(await besides(served, served.call("thread_stays"))).toMatchObject({ status: 200, text: '"left"' });
  });

  test("that raise goes on, and the traceback is in its log", async () => {
    const answer = await besides(served, served.call("thread_raises"));
    expect(answer).toMatchObject({ status: 200, text: '"joined"' });
    const id = answer.headers.get("runagent-run-id");
    await eventually("the traceback", async () => (await logsOf(id)).includes("ValueError: in a thread"), 2000);
  });
});

describe("a function that", () => {
  test("closes its streams leaves the next run of its process its prints", async () => {
    for (let n = 0; n < 4; n += 1) {
      expect(await served.call("closes")).toMatchObject({ status: 200, text: '"closed"' });
      const answer = await besides(served, served.call("prints", { text: "still here" }));
      expect(answer).toMatchObject({ status: 200, text: '"printed"' });
      const id = answer.headers.get("runagent-run-id");
      await eventually("the line", async () => (await logsOf(id)).includes("still here"), 2000);
    }
  });

  test("prints bytes that are no text has them replaced in its log", async () => {
    const answer = await besides(served, served.call("binary"));
    expect(answer).toMatchObject({ status: 200, text: '"printed"' });
    const id = answer.headers.get("runagent-run-id");
    await eventually("the line", async () => (await logsOf(id)).includes("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 2000);
  });

  test("prints what looks like the protocol has printed", async () => {
    const answer = await besides(served, served.call("frames"));
    expect(answer).toMatchObject({ status: 200, text: '"honest"' });
    expect(served.process.output.stdout).not.toMatch(/^\{"event":"ready","url":"http:\/\/evil/m);
  });

  test(
    "prints a million lines ends, its log is bounded, others are served meanwhile",
    async () => {
      const printing = served.call("million_lines");
      const waits: number[] = [];
      const over = new AbortController();
      const rest = printing.finally(() => over.abort());
      while (!over.signal.aborted) {
        const began = performance.now();
        await served.neighbour();
        waits.push(performance.now() - began);
      }
      const answer = await rest;
      expect(answer).toMatchObject({ status: 200, text: '"printed"' });
      expect(waits.length).toBeGreaterThan(3);
      expect(Math.max(...waits)).toBeLessThan(1000);
      const logs = await logsOf(answer.headers.get("runagent-run-id"));
      expect(logs.length).toBeGreaterThan(1_000_000);
    },
    MANY_LINES_MS,
  );

  test("prints a line without an end has it cut, and said", async () => {
    const answer = await besides(served, served.call("endless_line"));
    expect(answer).toMatchObject({ status: 200, text: '"printed"' });
    const id = answer.headers.get("runagent-run-id");
    const logs = await eventually("the line", async () => (await logsOf(id)).match(/.*cut.*/)?.[0], 2000);
    expect(logs.length).toBeLessThan(70_000);
  });

  test("opens files until it may not is that run's error", async () => {
    expect(await besides(served, served.call("open_files"))).toEqual(
      problemLike(500, "AGENT_ERROR", { ...saying(/OSError.*[Tt]oo many open files/) }),
    );
  });
});

describe("a function that blocks", () => {
  test("the loop: runs that come then go elsewhere at once", async () => {
    const blocking = served.call("blocks", { seconds: 4 });
    const calm: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const began = performance.now();
      expect(await served.call("calm", { n })).toMatchObject({ status: 200, text: `${n + 1}` });
      calm.push(performance.now() - began);
    }
    expect(Math.max(...calm)).toBeLessThan(1500);
    expect(await besides(served, blocking)).toMatchObject({ status: 200, text: '"blocked"' });
  });

  test("its whole interpreter is ended at its deadline with its process", async () => {
    const began = performance.now();
    const answer = await besides(served, served.call("holds_gil", { seconds: 60 }, { "runagent-timeout": "1" }));
    expect(performance.now() - began).toBeLessThan(2000);
    expect(answer).toEqual(problemLike(504, "DEADLINE_EXCEEDED", { origin: "caller" }));
  });

  test("its interpreter in a pattern is ended at its deadline too", async () => {
    const answer = await besides(served, served.call("slow_pattern", "", { "runagent-timeout": "1" }));
    expect(answer).toEqual(problemLike(504, "DEADLINE_EXCEEDED", { origin: "caller" }));
  });
});

describe("a function that ignores its cancel", () => {
  test.each(["ignores", "ignores_async", "ignores_signals"])(
    "(%s) is cancelled for its caller at once, and its process is killed after the grace",
    async (tag) => {
      const started = await served.call(tag, "", { prefer: "respond-async" });
      expect(started.status).toBe(202);
      const id = started.headers.get("runagent-run-id");
      const pid = Number(await eventually("its pid", async () => /pid (\d+)/.exec(await logsOf(id))?.[1], 5000));
      const asked = await served.request(`/v1/runs/${id}/cancel`, { method: "POST", body: '{"reason":"enough"}' });
      expect(asked.status).toBe(202);
      const waited = await served.request(`/v1/runs/${id}/events`);
      expect(waited.text).toMatch(/event: cancelled\ndata: \{"by":"caller","reason":"enough"\}/);
      expect(isAlive(pid)).toBe(true);
      await served.neighbour();
      await eventually("the end of its process", () => !isAlive(pid), 3500);
      await served.neighbour();
    },
  );
});
