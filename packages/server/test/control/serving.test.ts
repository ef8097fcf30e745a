import type { AgentConfig, Description } from "@runagent/protocol";
import { DEFAULT_LIMITS, problem } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import type { LoadResult } from "../../src/control/ports.ts";
import { Serving } from "../../src/control/serving.ts";

const CALL = { agent: "hello", version: null, tag: null };

describe("serving a folder", () => {
  test("a call during a load waits for it and gets the new version", async () => {
    const { serving, load } = serve();
    const first = serving.reload();
    load(loaded());
    await first;
    const second = serving.reload();
    const call = serving.resolve(null, CALL);
    load(loaded());
    await second;
    expect(await call).toMatchObject({ agent: "hello", version: "v2", entrypoint: { tag: "greet" } });
  });

  test("a change in the middle of a load gives that load up, and calls get the newest", async () => {
    const { serving, load, retired, begun } = serve();
    const first = serving.reload();
    await begun;
    const call = serving.resolve(null, CALL);
    const second = serving.reload();
    load(loaded());
    load(loaded());
    await Promise.all([first, second]);
    expect(await call).toMatchObject({ version: "v2" });
    expect(retired).toEqual(["v1"]);
  });

  test("code that cannot load answers LOAD_FAILED and heals with the next load", async () => {
    const { serving, load, failures } = serve();
    const broken = serving.reload();
    load({ kind: "failed", agent: "hello", absent: false, problem: problem("LOAD_FAILED", "line 3"), watch: [] });
    await broken;
    expect(() => serving.resolve(null, CALL)).toThrow(
      expect.objectContaining({ code: "LOAD_FAILED", message: "line 3" }),
    );
    expect(serving.readiness()).toMatchObject({ ready: false, problem: { detail: "line 3" } });
    expect(failures).toEqual(["line 3"]);
    const healed = serving.reload();
    load(loaded());
    await healed;
    expect(serving.readiness()).toEqual({ ready: true });
  });

  test("a notice that turns out to be nothing lets waiting calls go on with the same version", async () => {
    const { serving, load } = serve();
    const first = serving.reload();
    load(loaded());
    await first;
    serving.stale();
    const call = serving.resolve(null, CALL);
    expect(call).toBeInstanceOf(Promise);
    serving.fresh();
    expect(await call).toMatchObject({ version: "v1" });
  });

  test("a call waits until every notice of a change was taken, and then for the load that it brings", async () => {
    const notices = Promise.withResolvers<void>();
    const { serving, load } = serve(DEFAULT_LIMITS.queue_per_agent, () => notices.promise);
    const first = serving.reload();
    load(loaded());
    await first;
    const call = serving.resolve(null, CALL);
    const second = serving.reload();
    notices.resolve();
    load(loaded());
    await second;
    expect(await call).toMatchObject({ version: "v2" });
  });

  test("what cannot load is watched together with what was loaded before", async () => {
    const { serving, load, watched } = serve();
    const first = serving.reload();
    load({ ...loaded(), watch: ["agent.py", "mod.py"] });
    await first;
    const second = serving.reload();
    load({ kind: "failed", agent: "hello", absent: false, problem: problem("LOAD_FAILED", "?"), watch: ["agent.py"] });
    await second;
    expect(watched()).toEqual(["agent.py", "mod.py"]);
  });

  test("unknown names are refused with the nearest known one", async () => {
    const { serving, load } = serve();
    const first = serving.reload();
    load(loaded());
    await first;
    const refused = (call: Partial<typeof CALL> | { tag: string } | { version: string }) => () =>
      serving.resolve(null, { ...CALL, ...call });
    expect(refused({ tag: "gret" })).toThrow(
      expect.objectContaining({
        code: "ENTRYPOINT_NOT_FOUND",
        problem: expect.objectContaining({ suggestion: "greet" }),
      }),
    );
    expect(refused({ agent: "helo" })).toThrow(expect.objectContaining({ code: "AGENT_NOT_FOUND" }));
    expect(refused({ version: "v9" })).toThrow(expect.objectContaining({ code: "VERSION_NOT_FOUND" }));
  });

  test("calls that wait for a load are bounded", async () => {
    const { serving, load } = serve(1);
    const first = serving.reload();
    const waiting = serving.resolve(null, CALL);
    await expect(Promise.resolve(serving.resolve(null, CALL))).rejects.toMatchObject({ code: "QUEUE_FULL" });
    load(loaded());
    await first;
    expect(await waiting).toMatchObject({ version: "v1" });
  });
});

function serve(queue: number = DEFAULT_LIMITS.queue_per_agent, caughtUp?: () => Promise<void>) {
  let watched: readonly string[] = [];
  const loads: ((result: LoadResult<string>) => void)[] = [];
  const results: LoadResult<string>[] = [];
  const retired: string[] = [];
  const failures: string[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const serving = new Serving<string>({
    loader: {
      load: (version) =>
        new Promise((resolve) => {
          begin();
          const done = (result: LoadResult<string>) =>
            resolve(result.kind === "loaded" ? { ...result, source: version } : result);
          const ready = results.shift();
          if (ready === undefined) loads.push(done);
          else done(ready);
        }),
    },
    versions: {
      add: () => {},
      retire: async (_agent, version) => {
        retired.push(version);
      },
    },
    announcer: { loaded: () => {}, failed: (one) => failures.push(one.detail) },
    limits: { queue_per_agent: queue },
    onWatch: (files) => {
      watched = files;
    },
    ...(caughtUp === undefined ? {} : { caughtUp }),
  });
  const load = (result: LoadResult<string>) => {
    const next = loads.shift();
    if (next === undefined) results.push(result);
    else next(result);
  };
  return { serving, load, retired, failures, begun, watched: () => watched };
}

function loaded(): LoadResult<string> {
  const config = {
    name: "hello",
    title: "Hello",
    entrypoints: [{ tag: "greet" }],
    resources: { timeoutMs: 1000 },
  } as unknown as AgentConfig; // only what serving reads
  const description = { entrypoints: [{ tag: "greet", type: "generic", input: "args" }] } as unknown as Description; // the same
  return { kind: "loaded", config, description, source: "", notes: [], watch: [] };
}
