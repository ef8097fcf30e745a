/** `init`: what it proposes for code that it does not run, and what it never touches. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runagent } from "./command-line.ts";

const GRAPH = `
import os
from langchain_openai import ChatOpenAI
from langgraph.graph import StateGraph

raise SystemExit("this file was run")
model = ChatOpenAI(base_url=os.environ["MODEL_URL"], api_key=os.getenv("MODEL_API_KEY"))
app = StateGraph(dict).compile()
`;

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await tempFolder();
});

afterEach(() => folder.close());

const init = (...words: readonly string[]) => runagent(["init", ...words], { cwd: folder.path });
const written = async () => JSON.parse(await readFile(join(folder.path, "runagent.config.json"), "utf8"));

test("it proposes name, framework, entrypoints and secrets, says what it assumed, and what it writes validates", async () => {
  await folder.write("src/agent.py", GRAPH);
  const { code, stderr } = await init("--name", "Weather");
  expect(code).toBe(0);
  expect(stderr).toContain("Found the LangGraph agent `app` in src/agent.py:8.");
  expect(stderr).toContain("Taken for secrets: MODEL_API_KEY, OPENAI_API_KEY.");
  expect(stderr).toContain("The code also reads MODEL_URL from the environment.");
  expect(await written()).toMatchObject({
    agent_name: "Weather",
    framework: "langgraph",
    agent_architecture: { entrypoints: [{ file: "src/agent.py", module: "app" }] },
    secrets: ["MODEL_API_KEY", "OPENAI_API_KEY"],
  });
  const checked = await runagent(["validate", "--json"], { cwd: folder.path });
  expect({ code: checked.code, ...JSON.parse(checked.stdout) }).toEqual({ code: 0, problems: [] });
});

test("a plain function has its type, and several agents their own tags", async () => {
  await folder.write("agent.py", "async def run(message: str):\n    yield message\n\n\ndef helper(): ...\n");
  await init("--yes");
  const [run] = (await written()).agent_architecture.entrypoints;
  expect(run).toEqual({ file: "agent.py", module: "run", type: "generic_stream" });
});

test("what only looks like an agent is not proposed: exit 3, and how to name one", async () => {
  await folder.write(
    "agents/research.py",
    "class Agent:\n    def run(self): ...\n\n\nagent = Agent()\ngraph = compile('1', '', 'eval')\n",
  );
  const { code, stderr } = await init("--yes");
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("runagent init --entry agent.py:app") });
  expect((await readdir(folder.path)).filter((name) => !name.startsWith("."))).toEqual(["agents"]);
});

test("a file that --entry names and that is not there is named: exit 3, of init and of serve", async () => {
  for (const command of ["init", "serve"]) {
    const { code, stderr } = await runagent([command, "--entry", "nowhere.py:app"], { cwd: folder.path });
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(join(folder.path, "nowhere.py")) });
    expect(stderr).not.toContain("--entry:1");
  }
});

test("a config that is there is left as it is", async () => {
  const text = "{}";
  await folder.write("runagent.config.json", text);
  expect((await init("--yes")).code).toBe(3);
  expect(await readFile(join(folder.path, "runagent.config.json"), "utf8")).toBe(text);
});
