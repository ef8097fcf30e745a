/** Calls, batches and answers that come again, over HTTP against the real command: what api.md promises of each. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROGRAM } from "../command-line.ts";

const SECRET = "a-value-that-nobody-may-read";
const READY_MS = 30_000;
const HEAL_MS = 10_000;

const AGENT = `
import itertools, time

calls = itertools.count(1)


def count(name: str = ""):
    return {"call": next(calls), "big": 12345678901234567890}


def broken():
    raise ValueError(f"call {next(calls)}")


def ask(context):
    schema = {"type": "object", "required": ["yes"], "properties": {"yes": {"type": "boolean"}}}
    return {"answer": context.interrupt("sure?", schema), "attempt": context.attempt}


def words(n: int):
    for i in range(n):
        time.sleep(0.05)
        yield f"w{i} "
`;

const CONFIG = JSON.stringify({
  agent_name: "again",
  secrets: ["TOKEN"],
  agent_architecture: {
    entrypoints: ["count", "broken", "ask", "words"].map((module) => ({ file: "agent.py", module, tag: module })),
  },
});

let folder: TemporaryFolder;
let home: TemporaryFolder;
let served: ReturnType<typeof startProcess>;
let url = "";

beforeAll(async () => {
  home = await tempFolder();
  folder = await tempFolder({ "runagent.config.json": CONFIG, "agent.py": AGENT, ".env": `TOKEN=${SECRET}\n` });
  served = startProcess([PROGRAM, "serve", folder.path, "--port", "0", "--json"], {
    env: { PATH: process.env.PATH, HOME: home.path, RUNAGENT_HOME: home.path },
  });
  url = JSON.parse(await served.line(() => true, READY_MS)).url;
}, READY_MS);

afterAll(async () => {
  await served?.close();
  await Promise.all([folder?.close(), home?.close()]);
});

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function request(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(new URL(path, url), init);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const post = (path: string, body: unknown = "", headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  request(path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });

const isReady = async (): Promise<boolean> => (await request("/readyz")).status === 200;

/** What happens while the agent does not load; afterwards it is whole again. */
async function whileBroken<T>(source: string, look: () => Promise<T>): Promise<T> {
  const file = join(folder.path, "agent.py");
  await writeFile(file, source);
  await eventually("the failed load", async () => !(await isReady()), HEAL_MS);
  try {
    return await look();
  } finally {
    await writeFile(file, AGENT);
    await eventually("the healed agent", isReady, HEAL_MS);
  }
}

describe("under one Idempotency-Key", () => {
  test.each(["count", "broken"])(
    "%s is answered once, then byte for byte, even while the agent does not load",
    async (tag) => {
      const key = { "idempotency-key": `k-${tag}` };
      const first = await post(`/v1/run/again/${tag}`, "{}", key);
      const again = await whileBroken(`${AGENT}\nnot python`, () => post(`/v1/run/again/${tag}`, " { } ", key));
      expect([again.status, again.text]).toEqual([first.status, first.text]);
      expect(first.headers.get("idempotent-replayed")).toBeNull();
      expect(again.headers.get("idempotent-replayed")).toBe("true");
      expect(again.headers.get("runagent-run-id")).toBe(first.headers.get("runagent-run-id"));
    },
  );

  test("another body or another tag is refused", async () => {
    const key = { "idempotency-key": "k-other" };
    await post("/v1/run/again/count", { name: "a" }, key);
    for (const [tag, body] of [
      ["count", { name: "b" }],
      ["broken", { name: "a" }],
    ] as const) {
      const other = await post(`/v1/run/again/${tag}`, body, key);
      expect([other.status, JSON.parse(other.text).code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
      expect(JSON.parse(other.text)).not.toHaveProperty("run_id");
    }
  });

  test("a batch is made once, and says so", async () => {
    const make = () =>
      post("/v1/batches", { agent: "again", tag: "count", items: [{}, {}] }, { "idempotency-key": "b" });
    const [first, second] = [await make(), await make()];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(JSON.parse(second.text).id).toBe(JSON.parse(first.text).id);
    expect(second.headers.get("idempotent-replayed")).toBe("true");
  });
});

describe("tried again", () => {
  test("a run is a new one that names the old, and needs an agent that loads", async () => {
    const id = (await post("/v1/run/again/broken")).headers.get("runagent-run-id");
    const refused = await whileBroken("import nothing_of_this_name", () => post(`/v1/runs/${id}/retry`));
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([503, "LOAD_FAILED"]);
    const retried = await post(`/v1/runs/${id}/retry`);
    expect(retried.status).toBe(202);
    expect(JSON.parse(retried.text)).toMatchObject({ retry_of: id, attempt: 1, tag: "broken" });
  });

  test("a batch is a new one of the items that failed, each naming its run", async () => {
    const { id } = JSON.parse((await post("/v1/batches", { agent: "again", tag: "broken", items: [{}] })).text);
    const ended = async () => JSON.parse((await request(`/v1/batches/${id}`)).text).status === "ended";
    await eventually("the batch's end", ended, HEAL_MS);
    const again = JSON.parse((await post(`/v1/batches/${id}/retry`)).text);
    expect(again).toMatchObject({ total: 1 });
    const [before] = JSON.parse((await request(`/v1/batches/${id}/runs`)).text).items;
    const { items } = JSON.parse((await request(`/v1/batches/${again.id}/runs`)).text);
    expect(items).toMatchObject([{ index: 0, batch: again.id, retry_of: before.id }]);
  });
});

test("a waiting run refuses what does not fit, with pointers into the value, then goes on in the same attempt", async () => {
  const asked = await post("/v1/run/again/ask");
  const run = JSON.parse(asked.text);
  expect([asked.status, run.status, run.durable]).toEqual([202, "waiting", true]);
  const refused = await post(`/v1/runs/${run.id}/resume`, { value: {} });
  expect(JSON.parse(refused.text)).toMatchObject({
    status: 422,
    run_id: run.id,
    errors: [{ pointer: "/yes", detail: "required" }],
  });
  expect((await post(`/v1/runs/${run.id}/resume`, { value: { yes: true } })).status).toBe(202);
  const events = await request(`/v1/runs/${run.id}/events`, { headers: { accept: "application/x-ndjson" } });
  const last = JSON.parse(events.text.trim().split("\n").at(-1) ?? "");
  expect(last).toEqual({ n: 3, type: "result", data: { output: { answer: { yes: true }, attempt: 1 } } });
  expect((await post(`/v1/runs/${run.id}/resume`, { value: { yes: true } })).status).toBe(409);
});

test("a reader beyond the last event waits, and is shown the end", async () => {
  const { id } = JSON.parse((await post("/v1/run/again/words", { n: 3 }, { prefer: "respond-async" })).text);
  const read = () => request(`/v1/runs/${id}/events?after=1000`, { headers: { accept: "application/x-ndjson" } });
  expect(JSON.parse((await read()).text)).toEqual({ n: 8, type: "result", data: { output: "w0 w1 w2 " } });
  expect((await read()).status).toBe(204);
});

test("a load that fails shows no secret, neither to callers nor in the terminal", async () => {
  const leak = `${AGENT}\nimport os\nprint("token", os.environ["TOKEN"])\nraise ValueError(os.environ["TOKEN"])\n`;
  const answer = await whileBroken(leak, () => post("/v1/run/again/count"));
  expect(JSON.parse(answer.text)).toMatchObject({ code: "LOAD_FAILED", detail: expect.stringContaining("[redacted]") });
  expect(answer.text).not.toContain(SECRET);
  expect(served.output.stdout + served.output.stderr).not.toContain(SECRET);
  expect(served.output.stdout).toContain("token [redacted]");
});
