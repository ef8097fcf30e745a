/** The developer's day: what is saved is what the next call gets, whatever was broken before. */
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PROGRAM } from "../command-line.ts";

const READY_MS = 20_000;
const PYTHON = {
  "agent.py": "import mod\n\n\ndef run():\n    return mod.V\n",
  "mod.py": "V = 0\n",
};

let folder: TemporaryFolder;
let home: string;
let served: StartedProcess | undefined;
let url: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "runagent-home-"));
});

afterEach(async () => {
  await served?.close();
  await folder.close();
  rmSync(home, { recursive: true, force: true });
});

async function serve(files: Readonly<Record<string, string>>, file: string, words: readonly string[] = []) {
  folder = await tempFolder({ "runagent.config.json": configFor(file), ...files });
  const env = { PATH: process.env.PATH, HOME: home, RUNAGENT_HOME: home };
  served = startProcess([PROGRAM, "serve", "--port", "0", "--json", ...words], { cwd: folder.path, env });
  const first = JSON.parse(await served.line(() => true, READY_MS));
  url = first.url;
  return first;
}

const configFor = (file: string): string =>
  JSON.stringify({ agent_name: "day", agent_architecture: { entrypoints: [{ file, module: "run" }] } });

async function call(): Promise<unknown> {
  const answer = await fetch(new URL("/v1/run/day", url), { method: "POST" });
  const body: unknown = await answer.json();
  return answer.status === 200 ? body : answer.status;
}

test("every save of an imported module is in the next answer, however quick and however equal in length", async () => {
  await serve(PYTHON, "agent.py");
  for (const value of [1, 2, 3, 4]) {
    await folder.write("mod.py", `V = ${value}\n`);
    expect(await call()).toBe(value);
  }
});

test("a module that is broken, then mended, heals with the save, also if it was broken from the start", async () => {
  const first = await serve({ ...PYTHON, "mod.py": "V = (\n" }, "agent.py");
  expect(first).toMatchObject({ event: "load_failed", problem: { code: "LOAD_FAILED" } });
  for (const value of [1, 2]) {
    await folder.write("mod.py", `V = ${value}\n`);
    expect(await call()).toBe(value);
    await folder.write("mod.py", "1 / 0\n");
    expect(await call()).toBe(503);
  }
});

test("what is imported late or is not there yet is watched", async () => {
  const agent =
    "try:\n    import extra\nexcept ImportError:\n    extra = None\n\n\ndef run():\n    import late\n\n    return [late.V, extra and extra.V]\n";
  await serve({ "agent.py": agent, "late.py": "V = 1\n" }, "agent.py");
  expect(await call()).toEqual([1, null]);
  await folder.write("late.py", "V = 22\n");
  expect(await call()).toEqual([22, null]);
  await folder.write("extra.py", "V = 3\n");
  expect(await call()).toEqual([22, 3]);
});

test("the agent's file and the whole folder may go and come back", async () => {
  await serve(PYTHON, "agent.py");
  const [file, away] = [join(folder.path, "agent.py"), join(folder.path, "away.py")];
  await rename(file, away);
  expect(await call()).toBe(503);
  await rename(away, file);
  expect(await call()).toBe(0);
  await rename(folder.path, `${folder.path}.away`);
  await served?.line((line) => line.includes("load_failed") && line.includes("is no folder"), READY_MS);
  expect(await call()).toBe(503);
  await rename(`${folder.path}.away`, folder.path);
  await expect.poll(call, { timeout: READY_MS }).toBe(0);
});

test("TypeScript that throws when it is loaded heals with the save of the module that threw", async () => {
  const agent = 'import { V } from "./mod.ts";\nexport function run() { return V; }\n';
  await serve({ "agent.ts": agent, "mod.ts": "throw new Error('early'); export const V: number = 1;\n" }, "agent.ts");
  expect(await call()).toBe(503);
  await folder.write("mod.ts", "export const V: number = 2;\n");
  expect(await call()).toBe(2);
});

test("a saved --env-file reaches the next call, and Node takes no part in it", async () => {
  const agent = "import os\n\n\ndef run():\n    return os.environ.get('DAY')\n";
  await serve({ "agent.py": agent, "day.env": "DAY=monday\n" }, "agent.py", ["--env-file", "day.env"]);
  expect(await call()).toBe("monday");
  await folder.write("day.env", "DAY=friday\n");
  expect(await call()).toBe("friday");
});

test("a package that appears where it was missed heals the load", async () => {
  const venv = "\ndef run():\n    return day_package.V\n";
  folder = await tempFolder();
  const environment = join(home, "venv");
  await startProcess(["python3", "-m", "venv", "--without-pip", environment]).ended;
  await folder.close();
  const first = await serve({ "agent.py": `import day_package\n${venv}` }, "agent.py", ["--python", environment]);
  expect(first).toMatchObject({ event: "load_failed", problem: { detail: expect.stringContaining("day_package") } });
  const [version = ""] = await readdir(join(environment, "lib"));
  await writeFile(join(environment, "lib", version, "site-packages", "day_package.py"), "V = 5\n");
  expect(await call()).toBe(5);
});

test("serve leaves nothing in the agent's folder", async () => {
  await serve(PYTHON, "agent.py");
  expect(await call()).toBe(0);
  expect((await readdir(folder.path, { recursive: true })).sort()).toEqual([
    "agent.py",
    "mod.py",
    "runagent.config.json",
  ]);
  await rm(join(folder.path, "mod.py"));
});
