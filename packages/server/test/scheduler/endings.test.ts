import { describe, expect, test } from "vitest";
import { exitOf, request, settled, world } from "./fakes.ts";

describe("how runs end", () => {
  test("a plain value is answered as the agent's own text, with two events", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    sandbox.call().value("12345678901234567890");
    expect(await run.answer).toEqual({ kind: "value", output: "12345678901234567890" });
    expect(run.events.slice(0, 10)).toEqual([
      { n: 1, type: "started", data: '{"attempt":1,"version":"v1"}' },
      { n: 2, type: "result", data: '{"output":12345678901234567890}' },
    ]);
    expect(run.record()).toMatchObject({ status: "succeeded", output: "12345678901234567890", last_event: 2 });
  });

  test("yielded strings are chunk and text, and together the output", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    sandbox.call().emit("chunk", '"a\\n"');
    sandbox.call().emit("chunk", '"é"');
    sandbox.call().end({ kind: "stream", output: null });
    expect(await run.answer).toEqual({ kind: "streamed", chunks: ['"a\\n"', '"é"'], output: '"a\\né"' });
    expect(run.events.slice(1, 2)).toEqual([
      { n: 2, type: "chunk", data: '"a\\n"' },
      { n: 3, type: "text", data: '{"delta":"a\\n"}' },
    ]);
  });

  test("a generator that yielded anything but strings has no output, one with a return value has that", async () => {
    const { clock, sandbox, scheduler } = await world();
    const mixed = scheduler.runs.start(request(clock));
    sandbox.call().emit("chunk", '"a"');
    sandbox.call().emit("chunk", "1");
    sandbox.call().end({ kind: "stream", output: null });
    expect(await mixed.answer).toMatchObject({ output: "null" });
    const returned = scheduler.runs.start(request(clock));
    sandbox.call().emit("chunk", '"a"');
    sandbox.call().end({ kind: "stream", output: "7" });
    expect(await returned.answer).toMatchObject({ chunks: ['"a"'], output: "7" });
  });

  test("the event that would pass the limit of a run is not written, and the run fails and is stopped", async () => {
    const { clock, sandbox, scheduler } = await world({ limits: { events_per_run: 10 } });
    const run = scheduler.runs.start(request(clock));
    const call = sandbox.call();
    call.emit("chunk", '"1234"');
    call.emit("chunk", '"5678"');
    expect(await run.answer).toMatchObject({ problem: { code: "EVENTS_TOO_LARGE", status: 500, run_id: run.id } });
    expect(run.events.slice(0, 10).map((one) => one.type)).toEqual(["started", "chunk", "text", "error"]);
    expect(call.cancels).toHaveLength(1);
  });

  test("an output above its limit fails the run", async () => {
    const { clock, sandbox, scheduler } = await world({ limits: { output: 8 } });
    const run = scheduler.runs.start(request(clock));
    sandbox.call().value('"123456789"');
    expect(await run.answer).toMatchObject({ problem: { code: "OUTPUT_TOO_LARGE" } });
  });

  test("a worker that ended itself makes its runs fail with its exit code, at the agent's account", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    await settled();
    sandbox.worker().die(exitOf({ code: 3 }));
    expect(await run.answer).toMatchObject({
      problem: { code: "WORKER_LOST", status: 502, origin: "agent", exit_code: 3, retryable: false },
    });
  });

  test("a run for which memory was short says how much", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    await settled();
    sandbox.worker().die(exitOf({ signal: "SIGKILL", outOfMemory: { limitBytes: 100, peakBytes: 101 } }));
    expect(await run.answer).toMatchObject({
      problem: { code: "OUT_OF_MEMORY", limit_bytes: 100, peak_bytes: 101 },
    });
  });

  test("a run that its worker never got is given to another worker, in the same attempt", async () => {
    const { clock, sandbox, scheduler } = await world();
    sandbox.worker().dieUnnoticed();
    const run = scheduler.runs.start(request(clock));
    await settled();
    sandbox.worker(1).calls[0]?.value("1");
    expect(await run.answer).toEqual({ kind: "value", output: "1" });
    expect(run.record().attempt).toBe(1);
  });

  test("usage events are added up", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    sandbox.call().emit("usage", '{"input_tokens":3,"output_tokens":1}');
    sandbox.call().emit("usage", '{"input_tokens":4,"model":"m"}');
    sandbox.call().value("1");
    expect(run.record().usage).toMatchObject({ input_tokens: 7, output_tokens: 1 });
  });

  test("when the server stops, every run is cancelled by shutdown and new ones are refused", async () => {
    const { clock, sandbox, scheduler } = await world();
    const running = scheduler.runs.start(request(clock));
    const queued = scheduler.runs.start(request(clock));
    const closing = scheduler.close(0);
    expect(await running.answer).toMatchObject({ problem: { code: "RUN_CANCELLED", by: "shutdown", status: 409 } });
    expect(queued.record()).toMatchObject({ status: "cancelled", error: null, cancelled: { by: "shutdown" } });
    await closing;
    expect(sandbox.closed).toBe(true);
    expect(() => scheduler.runs.start(request(clock))).toThrow(expect.objectContaining({ code: "DRAINING" }));
    expect(clock.pending).toBe(0);
  });
});

describe("secrets", () => {
  const secret = 'p"ss word+1';

  test("are redacted by value in events, output, logs and problems", async () => {
    const { clock, sandbox, scheduler, lines } = await world({ secrets: [secret] });
    const run = scheduler.runs.start(request(clock));
    const call = sandbox.call();
    call.emit("chunk", JSON.stringify(`a ${secret} b`));
    call.emit("chunk", JSON.stringify(Buffer.from(`x${secret}y`).toString("base64")));
    call.emit("chunk", JSON.stringify(encodeURIComponent(secret)));
    call.sink.log({ at: "t", level: "info", stream: "stdout", message: secret });
    call.end({ kind: "error", error: { code: "AGENT_ERROR", detail: secret, traceback: `line ${secret}` } });
    const answer = await run.answer;
    const all = JSON.stringify([
      run.events.slice(0, 20),
      run.record(),
      scheduler.runs.logs(null, run.id),
      lines,
      answer,
    ]);
    expect(all).not.toContain("ss word");
    expect(all).not.toContain(encodeURIComponent(secret));
    expect(run.events.slice(1, 1)[0]?.data).toBe('"a [redacted] b"');
    expect(run.events.slice(3, 1)[0]?.data).toContain("[redacted]");
    expect(answer).toMatchObject({ problem: { detail: "[redacted]", traceback: "line [redacted]" } });
  });

  test("that are numbers leave JSON behind, and short ones are not looked for", async () => {
    const { clock, sandbox, scheduler } = await world({ secrets: ["1234567890", "abc"] });
    const run = scheduler.runs.start(request(clock));
    sandbox.call().value('{"n":1234567890,"s":"abc"}');
    expect(await run.answer).toEqual({ kind: "value", output: '{"n":"[redacted]","s":"abc"}' });
  });

  test("stay where the entrypoint says `redact: false`", async () => {
    const { clock, sandbox, scheduler } = await world({ secrets: [secret], entrypoint: { redact: false } });
    const run = scheduler.runs.start(request(clock));
    sandbox.call().value(JSON.stringify(secret));
    expect(await run.answer).toEqual({ kind: "value", output: JSON.stringify(secret) });
  });
});
