import { readFile } from "node:fs/promises";
import { json, scriptedServer, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { COMMANDS } from "../src/commands/index.ts";
import { runagent } from "./command-line.ts";

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await tempFolder();
});

afterEach(() => folder.close());

test("what is wrong with the words exits 2 and says what was meant", async () => {
  const { code, stderr } = await runagent(["serv"], { cwd: folder.path });
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean serve?");
  for (const words of [
    ["run", "--nope"],
    ["serve", "--port", "x"],
    ["serve", "--port", "65536"],
    ["runs", "show"],
    ["runs"],
    [],
  ]) {
    expect({ words, code: (await runagent(words, { cwd: folder.path })).code }).toEqual({ words, code: 2 });
  }
});

test("the version and help exit 0 on stdout", async () => {
  expect(await runagent(["--version"], { cwd: folder.path })).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  for (const words of [["runs", "cancel", "--help"], ["help", "run"], ["help"]]) {
    const { code, stdout, stderr } = await runagent(words, { cwd: folder.path });
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
    expect(stdout).toMatch(/^(Examples|Start here):$/m);
  }
});

test("validate prints every problem with its place, the line and a suggestion, and exits 3", async () => {
  await folder.write("agent.py", "");
  await folder.write(
    "runagent.config.json",
    '{\n  "agent_name": "a",\n  "agent_architecture": {"entrypoints": [{"file": "agnt.py", "module": 7}]}\n}\n',
  );
  const { code, stdout } = await runagent(["validate"], { cwd: folder.path });
  expect(code).toBe(3);
  expect(stdout).toMatch(/^runagent\.config\.json:3:\d+: error: found "agnt\.py"/m);
  expect(stdout).toContain('Did you mean "agent.py"?');
  expect(stdout).toMatch(/^runagent\.config\.json:3:\d+: error: found 7/m);
  const asJson = await runagent(["validate", "--json"], { cwd: folder.path });
  const { problems } = JSON.parse(asJson.stdout);
  expect(problems).toHaveLength(2);
  const keys = ["column", "expected", "file", "found", "line", "pointer", "severity", "suggestion"];
  expect(Object.keys(problems[0]).sort()).toEqual(keys);
});

test("an unknown key is a warning: validate exits 0", async () => {
  await folder.write("agent.py", "");
  const config = { agent_name: "a", nme: 1, agent_architecture: { entrypoints: [{ file: "agent.py", module: "f" }] } };
  await folder.write("runagent.config.json", JSON.stringify(config));
  const { code, stdout } = await runagent(["validate", "--json"], { cwd: folder.path });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).problems).toMatchObject([{ pointer: "/nme", severity: "warning" }]);
});

test("a folder without a config is a problem of its own", async () => {
  const { code, stdout } = await runagent(["validate", "--json"], { cwd: folder.path });
  expect(code).toBe(3);
  expect(JSON.parse(stdout).problems).toHaveLength(1);
});

test("init writes a config that validates, once", async () => {
  await folder.write("agent.py", "def app(): ...");
  const init = ["init", "--entry", "agent.py:app", "--name", "Support"];
  expect((await runagent(init, { cwd: folder.path })).code).toBe(0);
  expect((await runagent(["validate"], { cwd: folder.path })).code).toBe(0);
  const file = `${folder.path}/runagent.config.json`;
  const written = await readFile(file, "utf8");
  expect(JSON.parse(written)).toMatchObject({
    agent_name: "Support",
    agent_architecture: { entrypoints: [{ file: "agent.py", module: "app" }] },
  });
  expect((await runagent(["init", "--entry", "agent.py:other"], { cwd: folder.path })).code).toBe(3);
  expect(await readFile(file, "utf8")).toBe(written);
});

test("init exits 3 when it finds nothing, and names what is missing", async () => {
  const { code, stderr } = await runagent(["init", "--yes"], { cwd: folder.path });
  expect(code).toBe(3);
  expect(stderr).toContain("--entry");
});

test("lists are one document with --json, and a table without", async () => {
  const runs = {
    items: [{ id: "run_1", agent: "a", tag: "t", status: "failed", ended_at: null, created_at: "now" }],
    next: null,
  };
  const server = await scriptedServer({ "GET /v1/runs": [json(200, runs)] });
  const around = { cwd: folder.path, env: { RUNAGENT_URL: server.url } };
  const words = ["runs", "list", "--status", "failed,cancelled", "--limit", "5"];
  expect(JSON.parse((await runagent([...words, "--json"], around)).stdout)).toEqual(runs);
  expect((await runagent(words, around)).stdout).toMatch(/^RUN .*\nrun_1 .*failed/);
  expect(server.asked[0]?.path).toBe("/v1/runs?limit=5&status=failed%2Ccancelled");
  await server.close();
});

test("the value of resume is JSON if it parses, else text", async () => {
  const server = await scriptedServer({ "POST /v1/runs/run_1/resume": [json(202, { id: "run_1" })] });
  const around = { cwd: folder.path, env: { RUNAGENT_URL: server.url } };
  for (const value of ["12345678901234567890", "go ahead"])
    await runagent(["runs", "resume", "run_1", value, "--json"], around);
  expect(server.asked.map((one) => one.body)).toEqual(['{"value":12345678901234567890}', '{"value":"go ahead"}']);
  await server.close();
});

test("completions know every command, and bash takes them", async () => {
  const { stdout } = await runagent(["completion", "bash"], { cwd: folder.path });
  for (const { name } of COMMANDS) expect(stdout).toContain(name);
  expect((await runagent(["completion", "tcsh"], { cwd: folder.path })).code).toBe(2);
});
