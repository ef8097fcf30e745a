/** Runs of a server that was killed, asked for at the next one. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { tempFolder } from "@runagent/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { BUILD_MS, startPlatform } from "./platform.ts";

const FILES = {
  "runagent.config.json": JSON.stringify({
    agent_name: "keeper",
    agent_architecture: {
      entrypoints: [
        { file: "agent.py", module: "greet" },
        { file: "agent.py", module: "count", type: "generic_stream" },
        { file: "agent.py", module: "forever" },
      ],
    },
  }),
  "agent.py": `
import time

def greet(name: str = "you"):
    print("greeting", name)
    return {"hello": name, "at": time.time_ns()}

def count(to: int):
    for i in range(to):
        yield str(i)

def forever():
    time.sleep(3600)
`,
};

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function call(at: { readonly url: string; readonly key: string }, path: string, more: RequestInit = {}) {
  const headers = { Authorization: `Bearer ${at.key}`, "Content-Type": "application/json", ...more.headers };
  const response = await fetch(`${at.url}${path}`, { ...more, headers });
  return { status: response.status, text: await response.text(), headers: response.headers } satisfies Answer;
}

/** What was written: a kill may lose the runs of the last moment. */
function archived(data: string): string[] {
  const database = new DatabaseSync(join(data, "runs.db"), { readOnly: true });
  try {
    return database
      .prepare("SELECT id FROM runs")
      .all()
      .map((row) => String(row.id));
  } finally {
    database.close();
  }
}

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  ...{ method: "POST", body: JSON.stringify(body), headers },
});

describe("a server that was killed", () => {
  test(
    "knows its ended runs afterwards, ends the durable ones that had not, and answers a key as before",
    async () => {
      const agent = await tempFolder(FILES);
      onTestFinished(() => agent.close());
      let server = await startPlatform();
      onTestFinished(() => server.close());
      await server.json(["deploy"], agent.path);
      const other = String((await server.json(["key", "create", "--scope", "run"])).key);

      const direct = await call(server, "/v1/run/keeper/greet", post({ name: "Ada" }));
      const id = direct.headers.get("runagent-run-id") ?? "";
      const stream = await call(server, "/v1/run/keeper/count", post({ to: 3 }, { Accept: "application/x-ndjson" }));
      const streamId = stream.headers.get("runagent-run-id") ?? "";
      const keyed = await call(server, "/v1/run/keeper/greet", post({}, { "Idempotency-Key": "once" }));
      const background = await call(server, "/v1/run/keeper/forever", post({}, { Prefer: "respond-async" }));
      const lost: string = JSON.parse(background.text).id;
      await expect.poll(() => server.client.runs.get(lost), { timeout: 30_000 }).toMatchObject({ status: "running" });
      const before = await call(server, `/v1/runs/${streamId}/events?after=0`, {
        headers: { Accept: "application/x-ndjson" },
      });
      await expect
        .poll(() => archived(server.data), { timeout: 30_000 })
        .toEqual(expect.arrayContaining([id, streamId]));

      server = await server.again("SIGKILL");
      expect(await server.client.runs.get(id)).toMatchObject({ status: "succeeded", output: JSON.parse(direct.text) });
      const logs = await call(server, `/v1/runs/${id}/logs`);
      expect(logs.text).toContain("greeting Ada");
      const after = await call(server, `/v1/runs/${streamId}/events?after=0`, {
        headers: { Accept: "application/x-ndjson" },
      });
      expect(after.text).toBe(before.text);
      const replayed = await call(server, "/v1/run/keeper/greet", post({}, { "Idempotency-Key": "once" }));
      expect(replayed.text).toBe(keyed.text);
      expect(
        await call(server, "/v1/run/keeper/greet", post({ name: "x" }, { "Idempotency-Key": "once" })),
      ).toMatchObject({ status: 422, text: expect.stringContaining("IDEMPOTENCY_KEY_REUSED") });

      const ended = await server.client.runs.get(lost);
      expect(ended).toMatchObject({
        status: "failed",
        error: { code: "WORKER_LOST", origin: "platform", retryable: false },
      });
      const events = await call(server, `/v1/runs/${lost}/events`, { headers: { Accept: "application/x-ndjson" } });
      expect(events.text.trim().split("\n")).toHaveLength(1);
      expect(events.text).toContain("WORKER_LOST");

      const known = await call(server, "/v1/runs?limit=2");
      const rest = await call(server, `/v1/runs?cursor=${JSON.parse(known.text).next}`);
      const ids: string[] = [known, rest].flatMap((page) =>
        JSON.parse(page.text).items.map((one: { id: string }) => one.id),
      );
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
      expect(ids).toEqual(expect.arrayContaining([id, streamId, lost]));
      expect(await call({ ...server, key: other }, `/v1/runs/${id}`)).toMatchObject({ status: 404 });
      expect(JSON.parse((await call({ ...server, key: other }, "/v1/runs")).text).items).toEqual([]);

      const again = await call(server, `/v1/runs/${id}/retry`, post({}));
      expect(JSON.parse(again.text)).toMatchObject({ retry_of: id, input: { name: "Ada" } });
      expect(await call(server, `/v1/runs/${id}/resume`, post({ value: 1 }))).toMatchObject({ status: 409 });

      server = await server.again("SIGKILL");
      expect(await server.client.runs.get(lost)).toEqual(ended);
    },
    BUILD_MS,
  );
});
