import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { type BundleResult, bundleAgent } from "../../../src/build/bundle/index.ts";

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A package as the SDK is published: one copy for `import`, another for `require`. */
const SDK = {
  "node_modules/@openai/agents-core/package.json": `{"name": "@openai/agents-core", "exports": {"import": "./a.mjs", "require": "./a.cjs"}}`,
  "node_modules/@openai/agents-core/a.mjs": "export const run = () => 'esm'; export class RunState {}",
  "node_modules/@openai/agents-core/a.cjs": "exports.run = () => 'cjs'; exports.RunState = class {};",
  "node_modules/@openai/agents/package.json": `{"name": "@openai/agents", "exports": {"import": "./i.mjs", "require": "./i.cjs"}}`,
  "node_modules/@openai/agents/i.mjs": "export * from '@openai/agents-core';",
  "node_modules/@openai/agents/i.cjs": "module.exports = require('@openai/agents-core');",
};

async function bundled(files: Readonly<Record<string, string>>): Promise<BundleResult> {
  const root = await mkdtemp(join(tmpdir(), "ra-frameworks-"));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  const entry = Object.keys(files).find((name) => name.startsWith("agent.")) ?? "";
  const { signal } = new AbortController();
  return bundleAgent({ root, files: [entry], outDir: join(root, "out"), node: process.versions.node, signal });
}

const load = (path: string | null | undefined): Promise<Record<string, unknown>> =>
  import(pathToFileURL(path ?? "").href);

const partsOf = async ({ frameworks }: BundleResult): Promise<Record<string, unknown>> =>
  Object((await load(frameworks)).openaiAgentsParts);

describe("what adapters get of a framework", () => {
  it("is the very copy that the agent imports", async () => {
    const result = await bundled({ ...SDK, "agent.ts": "export { run } from '@openai/agents';" });
    const [agent, parts] = [await load(result.files["agent.ts"]), await partsOf(result)];
    expect(typeof parts.run).toBe("function");
    expect(parts.run).toBe(agent.run);
    expect(Object.keys(parts)).toEqual(["run", "RunState"]);
    expect(result.inputs.some((path) => path.includes("runagent:"))).toBe(false);
  });

  it("is the copy for `require` when the agent is CommonJS", async () => {
    const result = await bundled({ ...SDK, "agent.cjs": "module.exports.run = require('@openai/agents').run;" });
    const agent = await load(result.files["agent.cjs"]);
    expect((await partsOf(result)).run).toBe(Reflect.get(Object(agent.default), "run"));
  });

  it("is the copy in node_modules when packages cannot be bundled", async () => {
    const result = await bundled({
      ...SDK,
      "node_modules/broken/package.json": `{"name": "broken", "exports": "./b.mjs"}`,
      "node_modules/broken/b.mjs": "import text from './text.weird'; export const broken = text;",
      "node_modules/broken/text.weird": "no code",
      "agent.ts": "export { run } from '@openai/agents'; export const lazy = () => import('broken');",
    });
    expect(result.problems.join()).toContain("not bundled");
    expect((await partsOf(result)).run).toBe((await load(result.files["agent.ts"])).run);
  });

  it("lacks what its version lacks", async () => {
    const core = { "node_modules/@openai/agents-core/a.mjs": "export const run = () => 'old';" };
    const result = await bundled({ ...SDK, ...core, "agent.ts": "export { run } from '@openai/agents';" });
    expect((await partsOf(result)).RunState).toBeUndefined();
    expect(result.problems).toEqual([]);
  });

  it("is not there when the agent imports none, though it is installed", async () => {
    const result = await bundled({ ...SDK, "agent.ts": "export const agent = () => 1;" });
    expect(result.frameworks).toBeNull();
    const files = await readdir(dirname(result.files["agent.ts"] ?? ""));
    expect(files.filter((name) => name.includes("frameworks"))).toEqual([]);
  });
});
