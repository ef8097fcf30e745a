/** `runagent types`: what it writes compiles under strict TypeScript with the SDK alone, and calls a real server. */
import { execFile } from "node:child_process";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROGRAM, runagent } from "../command-line.ts";

const REPOSITORY = resolve(import.meta.dirname, "../../../..");
const START_MS = 60_000;
const exec = promisify(execFile);

const AGENT = `
from dataclasses import dataclass
from typing import Literal, TypedDict


class Order(TypedDict):
    number: int
    note: str | None


@dataclass
class Question:
    text: str
    tone: Literal["friendly", "formal"] = "friendly"


def total(orders: list[Order]) -> int:
    return sum(order["number"] for order in orders)


async def ask(question: Question) -> str:
    return f"{question.tone}: {question.text}"


def count(n: int):
    yield from range(n)
`;
const CALLER = `
import { RunAgent } from "@runagent/sdk";
import { shop } from "./shop.ts";

export async function call(url: string): Promise<unknown[]> {
  const agent = shop(new RunAgent({ url }));
  const total: number = await agent.run({ orders: [{ number: 2, note: null }, { number: 3, note: "x" }] });
  const said: string = await agent.run({ text: "hi", tone: "formal" }, { tag: "ask", timeout: 30 });
  const { chunks } = await agent.run({ n: 2 }, { tag: "count" });
  const texts: unknown[] = [];
  for await (const event of agent.stream({ n: 2 }, { tag: "count" })) if (event.type === "chunk") texts.push(event.data);
  return [total, said, chunks, texts.length];
}
`;
const WRONG = `
import { RunAgent } from "@runagent/sdk";
import { shop } from "./shop.ts";

const agent = shop(new RunAgent());
await agent.run({ orders: [{ number: "2", note: null }] });
await agent.run({ text: "hi", tone: "rude" }, { tag: "ask" });
await agent.run({ n: 1 }, { tag: "cuont" });
`;
const OPTIONS = {
  ...{ noEmit: true, strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
  ...{ module: "nodenext", target: "es2023", types: [], allowImportingTsExtensions: true, verbatimModuleSyntax: true },
  ...{ noUnusedLocals: true, lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"] },
};

let folder: TemporaryFolder;
let served: StartedProcess | undefined;

beforeAll(async () => {
  folder = await tempFolder({
    "package.json": '{"private": true, "type": "module"}',
    "shop/agent.py": AGENT,
    "shop/runagent.config.json": JSON.stringify({
      agent_name: "Shop",
      agent_architecture: { entrypoints: ["total", "ask", "count"].map((module) => ({ file: "agent.py", module })) },
    }),
    "call.ts": CALLER,
    "wrong.ts": WRONG,
    "run.mjs": 'import { call } from "./call.ts";\nconsole.log(JSON.stringify(await call(process.argv[2])));\n',
  });
  await mkdir(join(folder.path, "node_modules/@runagent"), { recursive: true });
  await symlink(join(REPOSITORY, "packages/sdk"), join(folder.path, "node_modules/@runagent/sdk"));
});

afterAll(async () => {
  await served?.close();
  await folder.close();
});

const shop = () => ({ cwd: join(folder.path, "shop") });
const types = (...words: readonly string[]) => runagent(["types", ...words], shop());

async function compile(file: string): Promise<string> {
  await folder.write("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, files: [file] }));
  const compiler = join(REPOSITORY, "node_modules/typescript/bin/tsc");
  const ran = exec(process.execPath, [compiler, "-p", folder.path], { cwd: folder.path });
  return ran.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

test(
  "without a server the folder is loaded, described and left; the same agent gives the same text",
  async () => {
    expect(await types("--out", "../shop.ts")).toMatchObject({
      code: 0,
      stdout: `Wrote ${join(folder.path, "shop.ts")}\n`,
    });
    const text = await readFile(join(folder.path, "shop.ts"), "utf8");
    expect(await types()).toMatchObject({ code: 0, stdout: text });
    expect(text).toContain("export function shop(client: RunAgent): TypedAgent");
  },
  START_MS,
);

test(
  "it compiles under strict TypeScript, and a wrong call does not",
  async () => {
    expect(await compile("call.ts")).toBe("");
    const errors = await compile("wrong.ts");
    expect(errors).toContain("wrong.ts(6,");
    expect(errors).toContain("wrong.ts(7,");
    expect(errors).toContain("wrong.ts(8,");
  },
  START_MS,
);

test(
  "it calls a server, which is then asked in place of the folder",
  async () => {
    const env = { PATH: process.env.PATH, RUNAGENT_HOME: join(folder.path, "shop/.home") };
    served = startProcess([PROGRAM, "serve", join(folder.path, "shop"), "--port", "0", "--json"], { env });
    const { url } = JSON.parse(await served.line((line) => line.includes('"ready"'), START_MS));
    const { stdout } = await exec(process.execPath, ["run.mjs", url], { cwd: folder.path });
    expect(JSON.parse(stdout)).toEqual([5, "formal: hi", [0, 1], 2]);
    expect(await types("--out", "../shop.ts", "--check")).toMatchObject({ code: 0 });
    expect(await types("--check", "--out", "../shop.ts", "--url", url)).toMatchObject({ code: 0 });
    await served.close();
  },
  START_MS,
);

test(
  "--check writes nothing and exits 1 when the agent has changed or the file is not there",
  async () => {
    await folder.write("shop/agent.py", AGENT.replace('"formal"', '"plain"'));
    const stale = await types("--out", "../shop.ts", "--check");
    expect(stale).toMatchObject({ code: 1, stderr: expect.stringContaining("run `runagent types --out") });
    expect(await readFile(join(folder.path, "shop.ts"), "utf8")).toContain('"formal"');
    expect(await types("--out", "../nowhere.ts", "--check", "--json")).toMatchObject({ code: 1 });
    expect(await types("--check")).toMatchObject({ code: 2 });
  },
  START_MS,
);

test(
  "an agent that cannot be loaded exits 1 and says why",
  async () => {
    await folder.write("broken/agent.py", "import nothing_like_it\n\ndef run(): ...\n");
    const { code, stderr } = await runagent(["types"], { cwd: join(folder.path, "broken") });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("nothing_like_it") });
  },
  START_MS,
);
