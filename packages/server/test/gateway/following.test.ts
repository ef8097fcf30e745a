import { SseDecoder } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import type { FakeRun } from "./fake-run.ts";
import { post, problemIn, rawConnection, serving } from "./serving.ts";

const SSE = { accept: "text/event-stream" };
const NDJSON = { accept: "application/x-ndjson" };

/** A server with one run that has begun. */
async function withRun(limits: Readonly<Record<string, number>> = {}) {
  const one = await serving((world) => {
    world.onStart = () => {};
  }, limits);
  await post(`${one.url}/v1/run/support`, "{}", { prefer: "respond-async" });
  const run = one.world.started[0];
  if (run === undefined) throw new Error("no run was started");
  return { ...one, run, events: `${one.url}/v1/runs/${run.id}/events` };
}

function messages(text: string) {
  return new SseDecoder().push(text).map(({ id, event, data }) => [id, event, data]);
}

/** Text as it comes, until `wanted` was seen. */
async function readUntil(response: Response, wanted: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes(wanted)) break;
  }
  return text;
}

describe("a streaming call", () => {
  test("gets the run's events as SSE, numbers and text untouched", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = (run) => run.succeedStreaming(["12345678901234567890", '"a"'], "null");
    });
    const response = await post(`${url}/v1/run/support`, "{}", SSE);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    expect(response.headers.get("runagent-run-id")).toBe(world.started[0]?.id);
    const text = await response.text();
    expect(text.startsWith("retry: 1000\n\n")).toBe(true);
    expect(messages(text)).toEqual([
      ["1", "started", '{"attempt":1,"version":"v1"}'],
      ["2", "chunk", "12345678901234567890"],
      ["3", "chunk", '"a"'],
      ["4", "result", '{"output":null}'],
    ]);
    expect(world.started[0]?.request).toMatchObject({ stream: true, durable: false });
  });

  test("gets the same as NDJSON, one line each", async () => {
    const { url } = await serving((world) => {
      world.onStart = (run) => run.succeedStreaming(['{"a":\n1.0}'], "1");
    });
    const response = await post(`${url}/v1/run/support`, "{}", NDJSON);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect(await response.text()).toBe(
      '{"n":1,"type":"started","data":{"attempt":1,"version":"v1"}}\n' +
        '{"n":2,"type":"chunk","data":{"a": 1.0}}\n{"n":3,"type":"result","data":{"output":1}}\n',
    );
  });

  test("has each event when it happens", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const response = await post(`${url}/v1/run/support`, "{}", SSE);
    world.started[0]?.emit("chunk", '"first"');
    expect(await readUntil(response, '"first"')).toContain("id: 2\nevent: chunk");
  });

  test("filters by type, keeps the numbers, never hides the end", async () => {
    const { url } = await serving((world) => {
      world.onStart = (run) => {
        run.emit("chunk", '"a"');
        run.emit("text", '{"delta":"a"}');
        run.succeed("1");
      };
    });
    const response = await post(`${url}/v1/run/support?types=text`, "{}", SSE);
    expect(messages(await response.text()).map(([id, type]) => [id, type])).toEqual([
      ["3", "text"],
      ["4", "result"],
    ]);
    const unknown = await post(`${url}/v1/run/support?types=txt`, "{}", SSE);
    expect(await problemIn(unknown)).toMatchObject({ code: "INVALID_REQUEST" });
  });

  test("that asks for logs gets them without a number, where they happened", async () => {
    const { url } = await serving((world) => {
      world.onStart = (run) => queueMicrotask(() => speak(run));
    });
    const speak = (run: FakeRun): void => {
      run.log("before a");
      run.emit("chunk", '"a"');
      run.log("after a");
      run.succeed("1");
      run.log("after the end");
    };
    const sse = messages(await (await post(`${url}/v1/run/support?types=chunk,log`, "{}", SSE)).text());
    expect(sse.map(([id, type]) => [id, type])).toEqual([
      [null, "log"],
      ["2", "chunk"],
      [null, "log"],
      ["3", "result"],
    ]);
    const ndjson = await (await post(`${url}/v1/run/support?types=log`, "{}", NDJSON)).text();
    expect(ndjson.split("\n")[0]).toContain('{"n":null,"type":"log","data":{"at":');
  });

  test("that asks for logs gets one while the run is silent", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const response = await post(`${url}/v1/run/support?types=log`, "{}", SSE);
    world.started[0]?.log("all is quiet");
    expect(await readUntil(response, "quiet")).toContain("event: log");
  });
});

describe("a reader of events", () => {
  test("replays what there was, then follows to the end", async () => {
    const { run, events } = await withRun();
    run.emit("chunk", "1");
    const response = await fetch(events);
    run.emit("chunk", "2");
    run.succeed("3");
    expect(messages(await response.text()).map(([id]) => id)).toEqual(["1", "2", "3", "4"]);
    expect(run.attached).toEqual(["stream"]);
  });

  test("goes on after Last-Event-ID, which wins over after", async () => {
    const { run, events } = await withRun();
    run.emit("chunk", "1");
    run.succeed("2");
    const byHeader = await fetch(`${events}?after=1`, { headers: { "last-event-id": "2" } });
    expect(messages(await byHeader.text()).map(([id]) => id)).toEqual(["3"]);
    const byParameter = await fetch(`${events}?after=1`, { headers: NDJSON });
    expect((await byParameter.text()).split("\n").map((line) => line.slice(0, 6))).toEqual(['{"n":2', '{"n":3', ""]);
  });

  test("is told the first event it can have when those it wants are gone, before or amid its stream", async () => {
    const { run, events } = await withRun();
    for (const data of ['"a"', '"b"', '"c"']) run.emit("chunk", data);
    const reading = await fetch(events);
    expect(await readUntil(reading, '"c"')).toContain("id: 4");
    const late = await fetch(`${events}?after=3`, { headers: NDJSON });
    run.keptFrom = 4;
    expect(await problemIn(await fetch(events))).toMatchObject({ status: 410, code: "EVENTS_GONE", first: 4 });
    expect((await fetch(`${events}?after=3`, { headers: NDJSON })).status).toBe(200);
    run.keptFrom = 9;
    run.emit("chunk", '"d"');
    const [, last = ""] = (await late.text()).trim().split("\n");
    expect(JSON.parse(last)).toMatchObject({ n: null, type: "error", data: { code: "EVENTS_GONE", first: 9 } });
  });

  test("is shown the end, and nothing else, when it asked for what comes after an event that never came", async () => {
    const { run, events } = await withRun();
    const response = await fetch(`${events}?after=1000`);
    run.succeedStreaming(['"a"'], "null");
    expect(messages(await response.text())).toEqual([["3", "result", '{"output":null}']]);
  });

  test("gets 204 beyond the end of an ended run, and waits beyond that of a running one", async () => {
    const { run, events } = await withRun();
    const waiting = await fetch(`${events}?after=1`);
    expect(waiting.status).toBe(200);
    run.succeed("1");
    expect(messages(await waiting.text())).toHaveLength(1);
    for (const after of [2, 99]) expect((await fetch(`${events}?after=${after}`)).status).toBe(204);
  });

  test.each(["after=x", "after=-1", "after=1.5", "types=nope", "from=1"])("is refused %s", async (query) => {
    const { events } = await withRun();
    expect(await problemIn(await fetch(`${events}?${query}`))).toMatchObject({ code: "INVALID_REQUEST", status: 400 });
  });

  test("leaves its run when its connection ends", async () => {
    const { run, events } = await withRun();
    const leaving = new AbortController();
    const left = run.someoneLeft();
    await fetch(events, { signal: leaving.signal });
    leaving.abort();
    await left;
    expect(run.waitingReaders).toBe(0);
  });

  test("is pinged while nothing happens", async () => {
    const { events } = await withRun({ event_ping: 20 });
    expect(await readUntil(await fetch(events), ": ping\n\n")).toContain(": ping\n\n");
  });

  test("is one too many above the limit, and has room when another leaves", async () => {
    const { run, events, gateway } = await withRun({ streams_in_serve: 1 });
    const leaving = new AbortController();
    const left = run.someoneLeft();
    await fetch(events, { signal: leaving.signal });
    const refused = await fetch(events);
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(await problemIn(refused)).toMatchObject({ code: "RATE_LIMITED", status: 429 });
    leaving.abort();
    await left;
    expect(gateway.openStreams).toBe(0);
    expect((await fetch(events)).status).toBe(200);
  });

  test("that does not read costs the server little and gets everything once it reads", async () => {
    const { run, port } = await withRun();
    const socket = await rawConnection(port);
    socket.pause();
    socket.write(`GET /v1/runs/${run.id}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const chunk = JSON.stringify("x".repeat(100_000));
    for (let i = 0; i < 150; i += 1) run.emit("chunk", chunk);
    run.succeed("1");
    // Others are served meanwhile.
    const all = await fetch(`http://127.0.0.1:${port}/v1/runs/${run.id}/events`);
    expect((await all.text()).length).toBeGreaterThan(15_000_000);
    let size = 0;
    let tail = "";
    socket.resume();
    for await (const bytes of socket) {
      size += bytes.length;
      tail = (tail + bytes.toString()).slice(-200);
      if (tail.includes("event: result")) break;
    }
    expect(size).toBeGreaterThan(15_000_000);
  });

  test("asks by HEAD and gets the headers only", async () => {
    const { events } = await withRun();
    const response = await fetch(events, { method: "HEAD" });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    expect(await response.text()).toBe("");
  });
});
