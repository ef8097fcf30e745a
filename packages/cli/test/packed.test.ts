/** What is published works where nothing of this repository is: both tarballs alone, in an empty folder. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { delimiter, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { EdgeVM } from "@edge-runtime/vm";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { templateFiles, templateNames } from "../src/templates.ts";

const REPOSITORY = resolve(import.meta.dirname, "../../..");
const INSTALL_MS = 240_000;
const START_MS = 60_000;
const exec = promisify(execFile);

const AGENT = `
def greet(name: str):
    return {"greeting": f"hello {name}"}


def count(n: int):
    for i in range(n):
        yield f"{i} "
    return n
`;
const TYPESCRIPT_AGENT = `
export async function double(input: { n: number }): Promise<number> {
  return input.n * 2;
}
`;
const CALLER = `
import { isRunAgentError, RunAgent } from "@runagent/sdk";

const agent = new RunAgent({ url: process.argv[2] }).agent("packed");
const said = [];
for await (const text of agent.stream({ n: 3 }, { tag: "count" }).text()) said.push(text);
const wrong = await agent.run({ nam: 1 }).catch((error) => isRunAgentError(error) && error.code);
console.log(JSON.stringify({ answer: await agent.run({ name: "you" }), said, wrong }));
`;
/** The same call, where there is nothing of Node: `fetch` and what else the web has. */
const WEB_CALLER = `
import { RunAgent } from "@runagent/sdk";

globalThis.called = async (url) => {
  const agent = new RunAgent({ url }).agent("packed");
  const said = [];
  for await (const text of agent.stream({ n: 3 }, { tag: "count" }).text()) said.push(text);
  return JSON.stringify({ node: typeof process, answer: await agent.run({ name: "you" }), said });
};
`;
const TYPED_CALLER = `
import { RunAgent, type Run } from "@runagent/sdk";

export async function last(client: RunAgent): Promise<Run | undefined> {
  for await (const event of client.agent("a").stream({})) if (event.type === "text") event.data.delta.trim();
  return (await client.runs.page({ limit: 1 })).items[0];
}
`;

const COMPILER = {
  ...{ noEmit: true, strict: true, module: "nodenext", target: "es2022", types: [] },
  lib: ["es2022", "dom", "dom.iterable", "dom.asynciterable"],
};

let folder: TemporaryFolder;
let served: StartedProcess | undefined;

beforeAll(async () => {
  const config = (name: string, file: string, modules: string[]): string =>
    JSON.stringify({
      agent_name: name,
      agent_architecture: { entrypoints: modules.map((module) => ({ file, module })) },
    });
  folder = await tempFolder({
    "package.json": '{"private": true, "type": "module"}',
    "agent/agent.py": AGENT,
    "agent/runagent.config.json": config("packed", "agent.py", ["greet", "count"]),
    "typescript/agent.ts": TYPESCRIPT_AGENT,
    "typescript/runagent.config.json": config("packed-ts", "agent.ts", ["double"]),
    "call.js": CALLER,
    "typed.ts": TYPED_CALLER,
    "tsconfig.json": JSON.stringify({ compilerOptions: COMPILER, files: ["typed.ts"] }),
  });
  for (const name of ["cli", "sdk"]) await pack(name);
  const tarballs = (await readdir(folder.path)).filter((name) => name.endsWith(".tgz"));
  expect(tarballs).toHaveLength(2);
  await exec("npm", ["install", "--no-audit", "--no-fund", ...tarballs.map((name) => `./${name}`)], outside());
}, INSTALL_MS);

afterAll(async () => {
  await served?.close();
  await folder.close();
});

async function pack(name: string): Promise<void> {
  const source = join(REPOSITORY, "packages", name);
  await exec(process.execPath, ["build.mjs"], { cwd: source });
  await exec("npm", ["pack", join(source, "dist"), "--pack-destination", folder.path], outside());
}

/** Nothing of this repository on the PATH, nothing of this user's home. */
function outside(): { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> } {
  const path = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !resolve(entry).startsWith(REPOSITORY + sep));
  const env = Object.fromEntries(
    // The machine's own certificates stay (NODE_EXTRA_CA_CERTS); what `npm run` set for this repository goes.
    Object.entries(process.env).filter(([name]) => !/^(RUNAGENT|VITEST|NODE_(ENV|OPTIONS|PATH)$|npm_)/.test(name)),
  );
  return { cwd: folder.path, env: { ...env, PATH: path.join(delimiter), RUNAGENT_HOME: join(folder.path, "home") } };
}

async function serve(name: string): Promise<string> {
  const words = ["serve", name, "--port", "0", "--json"];
  served = startProcess([join(folder.path, "node_modules/.bin/runagent"), ...words], outside());
  const { url } = JSON.parse(await served.line((line) => line.includes('"event":"ready"'), START_MS));
  return url;
}

async function stop(): Promise<number | undefined> {
  served?.signal("SIGINT");
  return served?.ended;
}

test("the program says its version and validates a config", async () => {
  const version = await exec("npx", ["runagent", "--version"], outside());
  expect(version.stdout).toBe("0.1.0\n");
  const checked = await exec("npx", ["runagent", "validate", "agent", "--json"], outside());
  expect(JSON.parse(checked.stdout)).toEqual({ problems: [] });
});

test("a Python agent is served, called by the SDK from plain JavaScript, and gone after Ctrl-C", async () => {
  const url = await serve("agent");
  const { stdout } = await exec("node", ["call.js", url], outside());
  const wrong = "INVALID_INPUT";
  expect(JSON.parse(stdout)).toEqual({ answer: { greeting: "hello you" }, said: ["0 ", "1 ", "2 "], wrong });
  const run = await exec("npx", ["runagent", "run", "agent", "name=me", "--json"], outside());
  expect(JSON.parse(run.stdout)).toEqual({ greeting: "hello me" });
  expect(await stop()).toBe(130);
  await expect(fetch(url)).rejects.toThrow();
});

test("the SDK needs nothing but the web: it calls from an edge runtime", async () => {
  const url = await serve("agent");
  const stdin = { contents: WEB_CALLER, resolveDir: folder.path };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "iife", platform: "neutral" });
  const edge = new EdgeVM();
  edge.evaluate(outputFiles[0]?.text ?? "");
  const said = await edge.evaluate<Promise<string>>(`called(${JSON.stringify(url)})`);
  expect(JSON.parse(said)).toEqual({ node: "undefined", answer: { greeting: "hello you" }, said: ["0 ", "1 ", "2 "] });
  expect(await stop()).toBe(130);
});

test("the playground comes with the package", async () => {
  const url = await serve("agent");
  const page = await fetch(url);
  expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const names = (await page.text()).match(/playground\/page-[^"]+/g) ?? [];
  expect(names).toHaveLength(2);
  for (const name of names) expect((await fetch(new URL(name, url))).status).toBe(200);
  expect(await stop()).toBe(130);
});

test("a TypeScript agent is served from the installed package", async () => {
  const url = await serve("typescript");
  const run = await exec("npx", ["runagent", "run", "packed-ts", "n=21", "--json", "--url", url], outside());
  expect(run.stdout).toBe("42\n");
  expect(await stop()).toBe(130);
});

test(
  "code is looked at in both languages, and every template is there",
  async () => {
    for (const [name, module] of [
      ["agent", "run"],
      ["typescript", "double"],
    ] as const) {
      const file = name === "agent" ? "agent.py" : "agent.ts";
      const text = name === "agent" ? "def run(message): ...\n" : TYPESCRIPT_AGENT;
      await folder.write(`bare-${name}/${file}`, text);
      await exec("npx", ["runagent", "init", `bare-${name}`, "--yes"], outside());
      const config = JSON.parse(await readFile(join(folder.path, `bare-${name}/runagent.config.json`), "utf8"));
      expect(config.agent_architecture.entrypoints).toMatchObject([{ file, module }]);
    }
    const listed = await exec("npx", ["runagent", "init", "--template", "list"], outside());
    expect(listed.stdout.trim().split("\n")).toEqual(templateNames());
    for (const name of templateNames()) {
      const packed = join(folder.path, "node_modules/runagent/lib/templates", name);
      const there = await readdir(packed, { recursive: true, withFileTypes: true });
      expect(there.filter((one) => one.isFile())).toHaveLength(templateFiles(name).length);
    }
  },
  START_MS,
);

test(
  "a typed client is written from the installed package",
  async () => {
    const typed = await exec("npx", ["runagent", "types"], { ...outside(), cwd: join(folder.path, "typescript") });
    expect(typed.stdout).toContain("export type DoubleInput = {");
  },
  START_MS,
);

test("the SDK's types stand on their own", async () => {
  const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
  await expect(exec(process.execPath, [compiler, "-p", folder.path], outside())).resolves.toMatchObject({ stdout: "" });
});
