import { pid } from "node:process";
import {
  type Answer,
  event,
  json,
  type ScriptedServer,
  scriptedServer,
  sse,
  type TemporaryFolder,
  tempFolder,
} from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { announceServing } from "../src/serving-state.ts";
import { type Ended, ended, runagent, startRunagent } from "./command-line.ts";

const CONFIG = JSON.stringify({
  agent_name: "My Agent",
  agent_architecture: { entrypoints: [{ file: "agent.py", module: "chat", tag: "chat" }] },
});
const AGENTS = json(200, { items: [{ name: "my-agent", version: "v1", entrypoints: [{ tag: "chat" }] }] });
let folder: TemporaryFolder;
let server: ScriptedServer | undefined;

beforeEach(async () => {
  folder = await tempFolder({ "runagent.config.json": CONFIG, "agent.py": "" });
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await folder.close();
});

/** Runs the program against a server that answers calls with `answer`. */
async function run(words: readonly string[], answer: Answer, stdin = ""): Promise<Ended> {
  server = await scriptedServer({ "POST /v1/runs": [answer], "GET /v1/agents": [AGENTS] });
  return runagent(["run", ...words], { cwd: folder.path, env: { RUNAGENT_URL: server.url }, stdin });
}

const sent = (): unknown => JSON.parse(server?.asked.find((one) => one.method === "POST")?.body ?? "null");

test("without words it calls the default entrypoint of the folder's agent with an empty object", async () => {
  const { code, stdout } = await run([], json(200, { a: [1, "x"], b: {} }));
  expect(stdout).toBe('{\n  "a": [\n    1,\n    "x"\n  ],\n  "b": {}\n}\n');
  expect(code).toBe(0);
  expect(sent()).toEqual({ agent: "my-agent", input: {} });
});

test("a word that is neither an agent nor a tag is told which there are", async () => {
  const { code, stdout, stderr } = await run(["chta"], json(200, "{}"));
  expect(stderr).toMatch(/no agent "chta", and my-agent has no such tag[\s\S]*Its tags: chat\./);
  expect([code, stdout, sent()]).toEqual([3, "", null]);
  expect(
    JSON.parse(
      (await runagent(["run", "chta", "--json"], { cwd: folder.path, env: { RUNAGENT_URL: server?.url ?? "" } }))
        .stdout,
    ),
  ).toMatchObject({
    code: "AGENT_NOT_FOUND",
    status: 404,
  });
});

test("a file of input that is not there is named", async () => {
  const { code, stderr } = await run(["--input", "@nowhere.json"], json(200, "{}"));
  expect(stderr).toMatch(/^error: nowhere\.json cannot be read: ENOENT/);
  expect(code).toBe(3);
});

test("a text is printed bare, and as JSON with --json", async () => {
  expect((await run([], json(200, '"hé\\n"'))).stdout).toBe("hé\n\n");
  await server?.close();
  expect((await run(["--json"], json(200, '"hé\\n"'))).stdout).toBe('"hé\\n"\n');
});

test("KEY=VALUE is JSON if it parses, else text, laid over --input, with every digit of a number", async () => {
  await run(
    ["--input", '{"a":1,"n":1}', "n=123456789012345678901", "t=hi there", 'o={"x":[true]}', "e="],
    json(200, "1"),
  );
  const body = server?.asked.find((one) => one.method === "POST")?.body;
  expect(body).toContain('"input":{"a":1,"n":123456789012345678901,"t":"hi there","o":{"x":[true]},"e":""}');
});

test("the input comes from a file and from stdin", async () => {
  await folder.write("in.json", "\uFEFF[1,2]");
  await run(["--input", "@in.json"], json(200, "1"));
  expect(sent()).toMatchObject({ input: [1, 2] });
  await server?.close();
  await run(["--input", "-"], json(200, "1"), '{"from": "stdin"}');
  expect(sent()).toMatchObject({ input: { from: "stdin" } });
});

test("a bare word that is a tag of the folder's agent is the tag", async () => {
  await run(["chat", "a=1"], json(200, "1"));
  expect(sent()).toMatchObject({ agent: "my-agent", tag: "chat", input: { a: 1 } });
});

test("a folder or an agent's name wins over a tag", async () => {
  await folder.write("chat/runagent.config.json", CONFIG.replace("My Agent", "Other"));
  await folder.write("chat/agent.py", "");
  await run(["chat", "a=1"], json(200, "1"));
  expect(sent()).toEqual({ agent: "other", input: { a: 1 } });
  await server?.close();
  await run(["my-agent", "chat"], json(200, "1"));
  expect(sent()).toEqual({ agent: "my-agent", tag: "chat", input: {} });
});

test("every option of a call reaches the server", async () => {
  const words = ["--session", "s", "--user", "u", "--timeout", "1.5", "--idempotency-key", "k"];
  await run(words, json(200, "1"));
  expect(sent()).toMatchObject({ session: "s", user: "u", timeout: 1.5 });
  expect(server?.asked.at(-1)?.headers["idempotency-key"]).toBe("k");
});

test("--background prints the id of a run that it leaves running", async () => {
  const { code, stdout } = await run(["--background"], json(202, { id: "run_7", status: "queued" }));
  expect({ code, stdout }).toEqual({ code: 0, stdout: "run_7\n" });
  expect(sent()).toMatchObject({ background: true });
});

const STREAM =
  event(1, "started", { attempt: 1, version: "v1" }) +
  event(2, "chunk", "a") +
  event(3, "text", { delta: "a" }) +
  event(4, "chunk", { n: 1 });

test("--stream prints text as it comes and other chunks as JSON", async () => {
  const { code, stdout } = await run(["--stream"], sse(STREAM + event(5, "result", { output: null })));
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'a\n{\n  "n": 1\n}\n' });
});

test("--stream --json prints the events, the failure as the last of them", async () => {
  const problem = { code: "AGENT_ERROR", detail: "no", origin: "agent", status: 500 };
  const { code, stdout } = await run(["--stream", "--json"], sse(STREAM + event(5, "error", problem)));
  const lines = stdout
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines).toHaveLength(5);
  expect(lines[1]).toEqual({ n: 2, type: "chunk", data: "a" });
  expect(lines.at(-1)).toEqual({ n: 5, type: "error", data: problem });
  expect(code).toBe(1);
});

test("a problem says what, where, what to do and which run, and exits by whose fault it is", async () => {
  const errors = [{ pointer: "/message", detail: "required" }];
  const { code, stdout, stderr } = await run(
    [],
    json(422, { code: "INVALID_INPUT", detail: "It does not fit", hint: "Mend it.", run_id: "run_5", errors }),
  );
  expect(code).toBe(3);
  expect(stdout).toBe("");
  for (const part of ["INVALID_INPUT", "It does not fit", "/message: required", "hint: Mend it.", "run: run_5"]) {
    expect(stderr).toContain(part);
  }
});

test("with --json a problem stands on stdout as it came", async () => {
  const problem = {
    code: "LOAD_FAILED",
    detail: "SyntaxError",
    status: 503,
    origin: "agent",
    traceback: "File agent.py",
  };
  const { code, stdout } = await run(["--json"], json(503, problem));
  expect(JSON.parse(stdout)).toMatchObject(problem);
  expect(code).toBe(1);
});

test("input that is no JSON, or is not there, exits 3 and calls nobody", async () => {
  for (const words of [["--input", "{"], ["--input", "@gone.json"], ["--input", "[1]", "a=1"], ["./gone"]]) {
    const { code, stderr } = await run(words, json(200, "1"));
    expect({ words, code }).toEqual({ words, code: 3 });
    expect(stderr).toMatch(/^error: /);
    expect(server?.asked.filter((one) => one.method === "POST")).toEqual([]);
    await server?.close();
  }
});

test("without a server it exits 4 and says how to get one", async () => {
  const { code, stderr } = await runagent(["run"], { cwd: folder.path });
  expect(code).toBe(4);
  expect(stderr).toContain("runagent serve");
});

test("it finds the server that serves the folder, not one that is gone", async () => {
  server = await scriptedServer({ "POST /v1/runs": [json(200, "1")] });
  const home = `${folder.path}/.home`;
  const forget = announceServing(home, { url: server.url, pid, root: folder.path });
  announceServing(home, { url: "http://127.0.0.1:1", pid: 2 ** 22 - 1, root: folder.path });
  expect((await runagent(["run"], { cwd: folder.path })).code).toBe(0);
  forget();
  expect((await runagent(["run"], { cwd: folder.path })).code).toBe(4);
});

test("a key is not sent over plain HTTP to another machine", async () => {
  const env = { RUNAGENT_URL: "http://192.0.2.1:9", RUNAGENT_API_KEY: "secret" };
  const { code, stderr } = await runagent(["run"], { cwd: folder.path, env });
  expect(code).toBe(3);
  expect(stderr).not.toContain("secret");
});

test("Ctrl-C ends a call that waits, lets the server know, and exits 130", async () => {
  let called = (): void => undefined;
  const calling = new Promise<void>((resolve) => {
    called = resolve;
  });
  let left = (): void => undefined;
  const leaving = new Promise<void>((resolve) => {
    left = resolve;
  });
  const never: Answer = (_, response) => {
    response.on("close", left);
    called();
  };
  server = await scriptedServer({ "POST /v1/runs": [never] });
  const child = startRunagent(["run"], { cwd: folder.path, env: { RUNAGENT_URL: server.url } });
  const end = ended(child);
  await calling;
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  await leaving;
});
