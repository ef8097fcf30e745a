/** `serve --sandbox` and the world outside: clients as they are installed, servers of this test, names that lead to them. */

import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join, resolve } from "node:path";
import {
  type StartedProcess,
  type StubModel,
  startProcess,
  startStubModel,
  type TemporaryFolder,
  tempFolder,
} from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROGRAM } from "../command-line.ts";

/** Kept between runs: the file system and the environments in it are built once. */
const HOME = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home");
const BUILD_MS = 240_000;
const CAN = process.getuid?.() === 0 && ["/usr/sbin/runc", "/usr/bin/runc"].some((path) => existsSync(path));
const REQUIREMENTS = ["aiohttp==3.14.5", "httpx==0.28.1", "openai==3.54.0", "requests==2.34.2"];

const AGENT = `
import asyncio, socket, time, urllib.request

def timed(call):
    began = time.perf_counter()
    try:
        said = call()
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
    return {"said": said, "ms": (time.perf_counter() - began) * 1000}

def with_urllib(url): return urllib.request.urlopen(url, timeout=5).read().decode()
def with_requests(url):
    import requests
    return requests.get(url, timeout=5).text
def with_httpx(url):
    import httpx
    return httpx.get(url, timeout=5).text
def with_aiohttp(url):
    import aiohttp
    async def get():
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()
    return asyncio.run(get())
def with_openai(url):
    from openai import OpenAI
    answer = OpenAI(base_url=url, api_key="none", max_retries=0).chat.completions.create(
        model="stub", messages=[{"role": "user", "content": "hello"}])
    return answer.choices[0].message.content

def get(client: str, url: str):
    return timed(lambda: globals()["with_" + client](url))

def own_server():
    with socket.create_server(("127.0.0.1", 80)) as server, socket.create_connection(("127.0.0.1", 80)) as near:
        return {"said": "connected" if server.accept()[0] is not None and near is not None else "not"}
`;

describe.runIf(CAN)("serve --sandbox, and what is outside", () => {
  let folder: TemporaryFolder;
  let served: StartedProcess;
  let model: StubModel;
  let outside: Server;
  let url: string;
  beforeAll(async () => {
    model = await startStubModel();
    outside = createServer((request, response) => response.end(`hello from ${request.headers.host}`));
    outside.listen(0, "127.0.0.1");
    await once(outside, "listening");
    const { port } = Object(outside.address());
    const agent_architecture = { entrypoints: ["get", "own_server"].map((module) => ({ file: "agent.py", module })) };
    const network = { egress: ["good.example", "api.openai.com:80"] };
    folder = await tempFolder({
      "runagent.config.json": JSON.stringify({ agent_name: "outgoing", agent_architecture, network }),
      "requirements.txt": `${REQUIREMENTS.join("\n")}\n`,
      "agent.py": AGENT,
    });
    const mapped = [`good.example=127.0.0.1:${port}`, `late.example=127.0.0.1:${port}`];
    const models = `api.openai.com=127.0.0.1:${new URL(model.url).port}`;
    const maps = [...mapped, models].flatMap((one) => ["--map-host", one]);
    served = startProcess([PROGRAM, "serve", folder.path, "--sandbox", "--port", "0", "--json", ...maps], {
      env: { ...process.env, RUNAGENT_HOME: HOME },
    });
    const first = JSON.parse(await served.line(() => true, BUILD_MS));
    expect(first, JSON.stringify(first)).toMatchObject({ event: "ready" });
    url = first.url;
  }, BUILD_MS);
  afterAll(async () => {
    await served?.close();
    await model?.close();
    outside?.close();
    await folder?.close();
  });

  const call = async (tag: string, input: object = {}): Promise<{ said: string; ms: number }> => {
    const answer = await fetch(new URL(`/v1/run/outgoing/${tag}`, url), {
      method: "POST",
      body: JSON.stringify(input),
    });
    return Object(await answer.json());
  };
  const records = async (): Promise<unknown[]> =>
    Object(await (await fetch(new URL("/v1/agents/outgoing/egress", url))).json()).items;

  test.each(["urllib", "requests", "httpx", "aiohttp"])("%s reaches an allowed name as it is", async (client) => {
    expect((await call("get", { client, url: "http://good.example/" })).said).toBe("hello from good.example");
  });

  test("openai talks to its model", async () => {
    expect((await call("get", { client: "openai", url: "http://api.openai.com/v1" })).said).toEqual(expect.any(String));
    expect(model.requests.length).toBe(1);
  });

  test.each(["urllib", "requests", "httpx", "aiohttp"])(
    "%s is told at once that a name is not known",
    async (client) => {
      const { said } = await call("get", { client, url: "http://evil.example/" });
      expect(said).toMatch(/Name or service not known|failure in name resolution|Cannot connect to host evil\.example/);
      const again = await call("get", { client, url: "http://evil.example/" });
      expect(again.ms).toBeLessThan(1000);
    },
  );

  test("what was reached and what was refused is listed, said, and counted", async () => {
    await expect
      .poll(records, { timeout: 30_000 })
      .toContainEqual(
        expect.objectContaining({ host: "good.example", port: 80, result: "ok", run: expect.stringMatching(/^run_/) }),
      );
    const refused = { host: "evil.example", result: "refused", run: expect.stringMatching(/^run_/) };
    await expect.poll(records, { timeout: 30_000 }).toContainEqual(expect.objectContaining(refused));
    const line = await served.line((one) => one.includes("--allow evil.example"), 30_000);
    expect(line).toContain("runagent egress outgoing --allow evil.example");
    const metrics = await (await fetch(new URL("/metrics", url))).text();
    expect(metrics).toMatch(/runagent_egress_connections_total\{result="ok"\} [1-9]/);
    expect(metrics).toMatch(/runagent_egress_bytes_total\{direction="received"\} [1-9]/);
    const info = await (await fetch(new URL("/v1/info", url))).json();
    expect(Object(info).mapped_hosts).toHaveLength(3);
  });

  test("its own servers are reached on loopback, at low ports too", async () => {
    expect(await call("own_server")).toEqual({ said: "connected" });
  });

  test("a host that is allowed with the command is reached by the next call", async () => {
    expect((await call("get", { client: "urllib", url: "http://late.example/" })).said).toMatch(/not known/);
    const allow = startProcess([PROGRAM, "egress", "outgoing", "--allow", "late.example"], { cwd: folder.path });
    expect(await allow.ended).toBe(0);
    expect(JSON.parse(readFileSync(join(folder.path, "runagent.config.json"), "utf8")).network.egress).toContain(
      "late.example",
    );
    expect((await call("get", { client: "urllib", url: "http://late.example/" })).said).toBe("hello from late.example");
    const list = startProcess([PROGRAM, "egress", "outgoing", "--url", url], { cwd: folder.path });
    expect(await list.line((one) => one.includes("late.example"), 5000)).toMatch(/late\.example/);
    await list.close();
  });
});
