/** `serve` in a folder without a config: what it finds is served, said, found again after a save, and nothing is written. */
import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PROGRAM, runagent } from "./command-line.ts";
import { exampleFolder, type Served, START_MS, serveFolder } from "./examples/served.ts";

const TEST_MS = START_MS + 60_000;

let folder: TemporaryFolder;
let served: Served | undefined;

beforeEach(async () => {
  folder = await tempFolder();
});

afterEach(async () => {
  await served?.stop();
  served = undefined;
  await folder.close();
});

/** Everything of an example but its config. */
async function copyExample(name: string): Promise<void> {
  for (const file of await readdir(exampleFolder(name))) {
    if (!/^(runagent\.config\.json|README\.md|__pycache__)$/.test(file)) {
      await copyFile(join(exampleFolder(name), file), join(folder.path, file));
    }
  }
}

test(
  "a LangGraph agent is served as it is",
  async () => {
    await copyExample("langgraph");
    const before = await readdir(folder.path);
    served = await serveFolder(folder.path);
    expect(served.ready).toMatchObject({ event: "ready", entrypoints: [{ tag: "app" }] });
    const note = await served.process.line(
      (line) => line.includes("Found the LangGraph agent `app` in agent.py:"),
      START_MS,
    );
    expect(JSON.parse(note)).toMatchObject({ event: "note" });
    const { agent } = served.ready;
    const messages = [{ role: "user", content: "How is the weather in Lisbon?" }];
    expect(JSON.stringify(await served.output(String(agent), { messages }))).toContain("Lisbon");
    await served.stop();
    expect(await readdir(folder.path)).toEqual(before);
  },
  TEST_MS,
);

test(
  "a save that renames the agent is found again, and one that leaves none is said and healed",
  async () => {
    await folder.write("agent.py", "def chat(message: str):\n    return message\n");
    served = await serveFolder(folder.path);
    expect(served.ready).toMatchObject({ entrypoints: [{ tag: "chat" }] });
    const name = String(served.ready.agent);
    await folder.write("agent.py", "def ask(message: str):\n    return message.upper()\n");
    expect(await served.output(`${name}/ask`, { message: "hi" })).toBe("HI");
    await folder.write("agent.py", "nothing = 1\n");
    const failed = await served.call(name, { message: "hi" });
    expect(failed).toMatchObject({ status: 503, text: expect.stringContaining("No agent found in") });
    await folder.write("agent.py", "def run(message: str):\n    return message\n");
    expect(await served.output(name, { message: "again" })).toBe("again");
  },
  TEST_MS,
);

test(
  "a TypeScript agent of two functions is served, the first by default, and `validate` finds nothing wrong",
  async () => {
    await folder.write("package.json", '{"type": "module"}');
    await folder.write(
      "src/agent.ts",
      "export async function* stream(input: { n: number }) {\n  yield input.n;\n}\nexport function run(input: { n: number }) {\n  return input.n + 1;\n}\n",
    );
    served = await serveFolder(folder.path);
    const entrypoints = [
      { tag: "run", type: "generic" },
      { tag: "stream", type: "generic_stream" },
    ];
    expect(served.ready).toMatchObject({ entrypoints });
    expect(await served.output(String(served.ready.agent), { n: 1 })).toBe(2);
    const checked = await runagent(["validate", "--json"], { cwd: folder.path });
    expect({ code: checked.code, ...JSON.parse(checked.stdout) }).toEqual({ code: 0, problems: [] });
  },
  TEST_MS,
);

test(
  "code that cannot be read is said with its line, waited for, and served when it is mended",
  async () => {
    await folder.write("agent.py", "def run(message: str:\n    return message\n");
    const env = { PATH: process.env.PATH, RUNAGENT_HOME: join(folder.path, ".home") };
    await using serving = startProcess([PROGRAM, "serve", folder.path, "--port", "0", "--json"], { env });
    const failed = JSON.parse(await serving.line(() => true, START_MS));
    expect(failed).toMatchObject({
      event: "load_failed",
      problem: { detail: expect.stringContaining("agent.py:1:1") },
    });
    await folder.write("agent.py", "def run(message: str):\n    return message\n");
    const ready = JSON.parse(await serving.line((one) => one.includes('"event":"ready"'), START_MS));
    expect(ready).toMatchObject({ entrypoints: [{ tag: "run" }] });
  },
  TEST_MS,
);

test("nothing to serve: exit 3, with what was seen and how to name it", async () => {
  await folder.write("main.py", "def greet(name): ...\n");
  const { code, stderr } = await runagent(["serve", "--port", "0"], { cwd: folder.path });
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringMatching(
      /runagent init[\s\S]*main\.py has the function greet: name one with --entry main\.py:greet/,
    ),
  });
});
