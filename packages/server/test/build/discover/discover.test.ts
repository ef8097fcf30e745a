/** What is proposed for code that nobody runs, and what is said about it. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { tempFolder } from "@runagent/testing";
import { expect, onTestFinished, test } from "vitest";
import { type Discovered, discoverAgent } from "../../../src/build/discover.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../../../examples");
const GRAPH = "from langgraph.graph import StateGraph\n";

async function look(files: Readonly<Record<string, string>>) {
  const folder = await tempFolder(files);
  onTestFinished(() => folder.close());
  return discoverAgent({ root: folder.path, env: { PATH: process.env.PATH }, python: null });
}

async function found(
  files: Readonly<Record<string, string>>,
): Promise<Discovered & { readonly names: readonly string[] }> {
  const discovery = await look(files);
  if (discovery.kind === "nothing") throw new Error(`nothing found: ${discovery.why.join(" ")}`);
  return { ...discovery.found, names: discovery.found.entrypoints.map(({ file, module }) => `${file}:${module}`) };
}

async function nothing(files: Readonly<Record<string, string>>): Promise<string> {
  const discovery = await look(files);
  expect(discovery.kind).toBe("nothing");
  return discovery.kind === "nothing" ? discovery.why.join("\n") : "";
}

const configured = readdirSync(EXAMPLES).flatMap((name) => {
  const file = join(EXAMPLES, name, "runagent.config.json");
  const config = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return config.framework === undefined ? [] : [{ name, config }];
});

test.for(configured)("of the example $name it proposes what its config names", async ({ name, config }) => {
  const discovery = await discoverAgent({ root: join(EXAMPLES, name), env: { PATH: process.env.PATH }, python: null });
  if (discovery.kind === "nothing") throw new Error(discovery.why.join(" "));
  const { entrypoints, framework } = discovery.found;
  const written: { file: string; module: string }[] = config.agent_architecture.entrypoints;
  // A config may name the object and its methods: the object is proposed.
  const objects = written.map(({ file, module }) => `${file}:${module.split(".")[0]}`);
  expect(framework).toBe(config.framework);
  for (const { file, module } of entrypoints) expect(objects).toContain(`${file}:${module}`);
});

test("secrets are told by their names, by the client that reads them, and by the model that is named", async () => {
  const { secrets, notes } = await found({
    "agent.py": `${GRAPH}import os\nfrom os import environ, getenv\nfrom helper import model
x = os.environ["STRIPE_TOKEN"], os.environ.get("REGION"), getenv("DB_PASSWORD"), environ["HOME"]
agent = "anthropic:claude-sonnet-4-5"
app = StateGraph(dict).compile()\n`,
    "helper.py": "from langchain_openai import ChatOpenAI\nmodel = ChatOpenAI()\n",
    "unrelated.py": 'import os\nos.environ["OTHER_KEY"]\n',
  });
  expect(secrets).toEqual(["ANTHROPIC_API_KEY", "DB_PASSWORD", "OPENAI_API_KEY", "STRIPE_TOKEN"]);
  expect(notes).toContain("The code also reads REGION from the environment.");
});

test("langgraph.json gives its variables, and a file of them; a graph that is not there is told", async () => {
  const graphs = { "my graph": "./src/g.py:graph", none: "./src/g.py" };
  const files = { "src/g.py": `${GRAPH}graph = StateGraph(dict).compile()\n` };
  const named = await found({ ...files, "langgraph.json": JSON.stringify({ graphs, env: "./config/dev.env" }) });
  expect(named).toMatchObject({
    envFile: "config/dev.env",
    entrypoints: [{ tag: "my_graph", file: "src/g.py", module: "graph" }],
  });
  expect(named.notes.join(" ")).toContain('as "none", which is no file with a name after a colon');
  const given = await found({ ...files, "langgraph.json": JSON.stringify({ graphs, env: { A: "1", B: 2 } }) });
  expect(given).toMatchObject({ envFile: null, variables: { A: "1" } });
  const broken = await found({ ...files, "langgraph.json": "{" });
  expect(broken).toMatchObject({ names: ["src/g.py:graph"] });
  expect(broken.notes.join(" ")).toContain("langgraph.json cannot be read");
});

test("what an own class, a type or a module of the same name makes is no agent", async () => {
  await nothing({
    "agents/__init__.py": "from .base import Agent\n",
    "agents/base.py": "class Agent:\n    def run(self): ...\n",
    "agent.py": "from agents import Agent\nagent = Agent()\n",
    "types.py": "from langchain_core.messages import AIMessage, HumanMessage\nMessage = AIMessage | HumanMessage\n",
    "pages.py": "from mylib.graph import StateGraph\ngraph = StateGraph().compile()\n",
    "pattern.py": "import re\nagent = re.compile('x')\n",
  });
  await nothing({
    "agent.ts": 'import { Agent } from "./mine";\nexport const agent = new Agent();\n',
    "mine.ts": "export class Agent {}\n",
  });
});

test("what only runs as a program, in a test, an environment or an example is not looked at", async () => {
  const graph = `${GRAPH}graph = StateGraph(dict).compile()\n`;
  await nothing({
    "run.py": `${GRAPH}if __name__ == "__main__":\n    graph = StateGraph(dict).compile()\n`,
    "tests/agent.py": graph,
    "venv/lib/agent.py": graph,
    ".hidden/agent.py": graph,
    "node_modules/x/agent.py": graph,
    "examples/agent.py": graph,
    "test_agent.py": graph,
  });
});

test("an agent is followed through functions, files, re-exports and renames; circles end", async () => {
  const { names } = await found({
    "app/main.py": "from .parts import build as make\nassistant = make()\n",
    "app/parts/__init__.py": "from .one import build, again\nfrom .two import other\n",
    "app/parts/one.py": `from .two import other\n${GRAPH}def build():\n    b = StateGraph(dict)\n    b = b.add_node("x", other)\n    return b.compile()\n`,
    "app/parts/two.py": "from .one import build as other\nfrom . import again\nloop = again\nagain = loop\n",
  });
  expect(names).toEqual(["app/main.py:assistant"]);
});

test("several agents are all served, the first is the default, and it is said; two of one name get the names of their files", async () => {
  const { entrypoints, notes } = await found({
    "billing.py": 'from pydantic_ai import Agent\nagent = Agent("test")\n',
    "support.py": 'from pydantic_ai import Agent\nagent = Agent("test")\nother = Agent("test")\n',
  });
  expect(entrypoints.map(({ tag, module }) => tag ?? module)).toEqual(["billing", "support", "other"]);
  expect(notes[0]).toContain("All 3 are served, the first is the default.");
});

test("of two languages the one with an agent is served, and of two agents the Python one; it is said", async () => {
  const script = 'import { ToolLoopAgent } from "ai";\nexport const agent = new ToolLoopAgent({});\n';
  expect((await found({ "main.py": "def main():\n    print(1)\n", "src/agent.ts": script })).names).toEqual([
    "src/agent.ts:agent",
  ]);
  const both = await found({ "agent.py": `${GRAPH}app = StateGraph(dict).compile()\n`, "src/agent.ts": script });
  expect(both.names).toEqual(["agent.py:app"]);
  expect(both.notes.join(" ")).toContain("One agent is written in one language: `agent` of src/agent.ts left out.");
});

test("a factory is taken when it needs nothing; where there is an agent of its framework, that is enough", async () => {
  const factory = `${GRAPH}from contextlib import asynccontextmanager\n@asynccontextmanager\nasync def make():\n    yield StateGraph(dict).compile()\n`;
  expect((await found({ "agent.py": factory })).names).toEqual(["agent.py:make"]);
  expect((await found({ "agent.py": `${factory}app = StateGraph(dict).compile()\n` })).names).toEqual(["agent.py:app"]);
  const needs = `${GRAPH}def make(config):\n    return StateGraph(dict).compile()\n`;
  expect(await nothing({ "agent.py": needs })).toContain("makes an agent (LangGraph) and needs `config`");
});

test("a function that talks to a model is taken anywhere, one with a strong name in a telling file only", async () => {
  const claude =
    "from claude_agent_sdk import query\nasync def research(topic: str):\n    async for m in query(prompt=topic):\n        yield m\n";
  expect(await found({ "bot.py": claude })).toMatchObject({
    framework: "claude-agent-sdk",
    entrypoints: [{ file: "bot.py", module: "research", type: "generic_stream" }],
  });
  const plain = "def chat(message):\n    return message\n\ndef invoke(x): ...\ndef helper(): ...\n";
  expect((await found({ "src/pkg/app.py": plain })).names).toEqual(["src/pkg/app.py:invoke", "src/pkg/app.py:chat"]);
  await nothing({ "tools.py": plain });
  await nothing({ "main.py": "import typer\ndef main(): ...\n" });
  expect((await found({ "agent.py": "def reply(m): ...\n" })).names).toEqual(["agent.py:reply"]);
});

test("AI SDK: a function that returns a stream is taken, one that takes a request is not", async () => {
  const chat =
    'import { streamText } from "ai";\nexport const chat = async (input: object) => streamText({ model: "openai/gpt-5" });\n';
  expect(await found({ "lib/chat.ts": chat })).toMatchObject({
    framework: "ai-sdk",
    names: ["lib/chat.ts:chat"],
    secrets: ["OPENAI_API_KEY"],
  });
  expect(await nothing({ "app/api/chat/route.ts": chat.replace("chat =", "POST =") })).toContain(
    "takes an HTTP request",
  );
});

test("TypeScript: named, default, renamed and CommonJS exports can be served", async () => {
  const head = 'import { Agent as A } from "@openai/agents";\n';
  const agents = {
    "a.ts": `${head}const one = new A({});\nexport { one as first };\n`,
    "b.ts": `${head}export default new A({});\n`,
  };
  const common = {
    "c.cjs": 'const { Agent } = require("@openai/agents");\nconst two = new Agent({});\nmodule.exports = { two };\n',
  };
  const { names, entrypoints } = await found({ ...agents, ...common });
  expect(names).toEqual(["a.ts:first", "b.ts:default", "c.cjs:two"]);
  expect(entrypoints[1]).toMatchObject({ tag: "b" });
});

test("a file that cannot be read is told with its line, and the others are looked at", async () => {
  const { names, notes } = await found({
    "broken.py": "x = 1\ndef (:\n",
    "agent.py": `${GRAPH}app = StateGraph(dict).compile()\n`,
  });
  expect(names).toEqual(["agent.py:app"]);
  expect(notes.join(" ")).toContain("broken.py:2 cannot be read");
});

test("what a file does while it is imported is said: it runs its agent, or asks a person", async () => {
  const crew = "from crewai import Crew\ncrew = Crew(agents=[])\n";
  const says = async (text: string): Promise<string> => (await found({ "main.py": text })).notes.join(" ");
  expect(await says(`${crew}result = crew.kickoff()\n`)).toContain("main.py runs its agent when it is imported");
  expect(await says(`${crew}crew.kickoff(inputs={})\n`)).toContain("main.py runs its agent when it is imported");
  expect(await says(`topic = input("What?")\n${crew}`)).toContain("main.py asks for input when it is imported");
  expect(await says(`${crew}if __name__ == "__main__":\n    crew.kickoff()\n`)).not.toContain("when it is imported");
});

test("deep nesting, binary text and a folder of many files end in a sentence, not in a fault", async () => {
  const many = Object.fromEntries(Array.from({ length: 450 }, (_, i) => [`m${i}.py`, "x = 1\n"]));
  expect(await nothing(many)).toContain("Only the nearest 400 source files were looked at.");
  await nothing({
    "deep.py": `x = ${"(".repeat(5000)}${")".repeat(5000)}\n`,
    "bytes.py": "\u0000\u0001",
    "deep.ts": `const x = ${"[".repeat(20_000)}`,
  });
});

test("what an agent is made of later counts, too: a node that is added, a handoff that is given", async () => {
  const { names } = await found({
    "agent.py": `${GRAPH}inner = StateGraph(dict).compile()\nbuilder = StateGraph(dict)\nbuilder.add_node("inner", inner)\nouter = builder.compile()\n`,
  });
  expect(names).toEqual(["agent.py:outer"]);
});

test("without any Python that is said, and TypeScript is found all the same", async () => {
  const folder = await tempFolder({ "agent.py": "def run(): ...\n" });
  onTestFinished(() => folder.close());
  const discovery = await discoverAgent({ root: folder.path, env: { PATH: folder.path }, python: null });
  expect(discovery).toMatchObject({
    kind: "nothing",
    why: ["No Python from 3.10 on was found to read the Python files with."],
  });
});
