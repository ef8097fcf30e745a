/** Every template begins an agent in an empty folder, and is the example itself. */
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { realModelLine, templateFiles, templateNames } from "../src/templates.ts";
import { runagent } from "./command-line.ts";

const EXAMPLES = resolve(import.meta.dirname, "../../../examples");

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await tempFolder();
});

afterEach(() => folder.close());

test.for(templateNames())("%s: written, the same as the example, valid, with the next steps", async (name) => {
  const target = join(folder.path, "mine");
  const begun = await runagent(["init", "mine", "--template", name], { cwd: folder.path });
  expect(begun).toMatchObject({ code: 0, stderr: "" });
  expect(begun.stdout).toContain("  cd mine\n  runagent serve\n");
  const files = templateFiles(name);
  for (const file of files) {
    const original = await readFile(join(EXAMPLES, name, file), "utf8");
    const same = file === "README.md" ? original.replace(`serve examples/${name}`, "serve") : original;
    expect(await readFile(join(target, file), "utf8")).toBe(same);
  }
  const real = realModelLine(target, files);
  if (real !== null) expect(begun.stdout).toContain(real.line);
  const { code, stdout } = await runagent(["validate", "mine", "--json"], { cwd: folder.path });
  expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, problems: [] });
});

test("one that is not there is answered with the names of all; `list` prints them", async () => {
  const { code, stderr } = await runagent(["init", "--template", "nope"], { cwd: folder.path });
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining(templateNames().join(", ")) });
  const listed = await runagent(["init", "--template", "list", "--json"], { cwd: folder.path });
  expect(JSON.parse(listed.stdout)).toEqual({ items: templateNames().map((name) => ({ name })) });
});

test("a file that is there is not touched, and nothing else is written", async () => {
  await folder.write("agent.py", "mine");
  const { code, stderr } = await runagent(["init", "--template", "langgraph"], { cwd: folder.path });
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("agent.py") });
  const there = (await readdir(folder.path)).filter((name) => !name.startsWith("."));
  expect({ there, text: await readFile(join(folder.path, "agent.py"), "utf8") }).toEqual({
    there: ["agent.py"],
    text: "mine",
  });
});

test("--name renames the agent and nothing else", async () => {
  await runagent(["init", "--template", "langgraph", "--name", 'The "one"'], { cwd: folder.path });
  const [mine, original] = await Promise.all(
    [folder.path, join(EXAMPLES, "langgraph")].map((at) => readFile(join(at, "runagent.config.json"), "utf8")),
  );
  expect(JSON.parse(mine ?? "")).toEqual({ ...JSON.parse(original ?? ""), agent_name: 'The "one"' });
});
