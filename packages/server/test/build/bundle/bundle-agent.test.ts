import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { RunAgentError } from "@runagent/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { type BundleResult, bundleAgent, readSchemas } from "../../../src/build/bundle/index.ts";

const folders: string[] = [];
const { signal } = new AbortController();

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ra-bundle-"));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

async function bundle(root: string, files = ["agent.ts"], outDir?: string): Promise<BundleResult> {
  return bundleAgent({ root, files, outDir: outDir ?? (await folder()), node: process.versions.node, signal });
}

async function load(result: BundleResult, file = "agent.ts"): Promise<Record<string, unknown>> {
  return import(pathToFileURL(result.files[file] ?? "").href);
}

async function failure(root: string): Promise<RunAgentError> {
  const error: unknown = await bundle(root).catch((thrown: unknown) => thrown);
  if (error instanceof RunAgentError) return error;
  throw new Error("the bundle did not fail", { cause: error });
}

describe("bundling an agent", () => {
  it("runs TypeScript as its author wrote it: enums, aliases, decorators, JSX, `.js` and no endings", async () => {
    const root = await folder({
      "tsconfig.json": `{"compilerOptions": {"paths": {"@/*": ["./lib/*"]}, "experimentalDecorators": true, "jsx": "react", "jsxFactory": "h"}}`,
      "lib/color.ts": "export enum Color { Red = 'red' }",
      "lib/js.ts": "export const viaJs = 'js';",
      "lib/bare.ts": "export const viaBare = 'bare';",
      "agent.tsx": `
        import { Color } from "@/color"; import { viaJs } from "./lib/js.js"; import { viaBare } from "./lib/bare";
        const h = (tag: string) => tag; const seal = (_: unknown) => {};
        @seal class Box { constructor(public readonly v: string = "box") {} }
        export const all = [Color.Red, viaJs, viaBare, <p />, new Box().v];`,
    });
    const exports = await load(await bundle(root, ["agent.tsx"]), "agent.tsx");
    expect(exports.all).toEqual(["red", "js", "bare", "p", "box"]);
  });

  it("lets files find what lies beside their source", async () => {
    const root = await folder({
      "data.txt": "mine",
      "node_modules/dep/package.json": `{"name": "dep", "main": "index.js"}`,
      "node_modules/dep/index.js": `exports.text = require("fs").readFileSync(__dirname + "/d.txt", "utf8");`,
      "node_modules/dep/d.txt": "its",
      "agent.ts": `
        import { readFileSync } from "node:fs"; import { createRequire } from "node:module"; import { text } from "dep";
        const require = createRequire(import.meta.url);
        export const all = [readFileSync(new URL("data.txt", import.meta.url), "utf8"), text, require("dep").text];`,
    });
    expect((await load(await bundle(root))).all).toEqual(["mine", "its", "its"]);
  });

  it("shares state between the files of one agent", async () => {
    const root = await folder({
      "state.ts": "export const state = { n: 0 };",
      "a.ts": "import { state } from './state'; export const add = () => (state.n += 1);",
      "b.ts": "import { state } from './state'; export const read = () => state.n;",
    });
    const result = await bundle(root, ["a.ts", "b.ts"]);
    const [a, b] = [await load(result, "a.ts"), await load(result, "b.ts")];
    if (typeof a.add === "function") a.add();
    expect(typeof b.read === "function" && b.read()).toBe(1);
  });

  it("imports native packages from where the agent has them", async () => {
    const root = await folder({
      "node_modules/native/package.json": `{"name": "native", "main": "index.js", "gypfile": true}`,
      "node_modules/native/index.js": "exports.place = module.filename;",
      "agent.ts": "import { place } from 'native'; export { place };",
    });
    expect((await load(await bundle(root))).place).toBe(join(root, "node_modules/native/index.js"));
  });

  it("does not fail for a package's optional part that is not installed", async () => {
    const root = await folder({
      "node_modules/dep/package.json": `{"name": "dep", "main": "index.js"}`,
      "node_modules/dep/index.js": "try { require('not-there'); } catch { exports.without = true; }",
      "agent.ts": "export { without } from 'dep';",
    });
    expect((await load(await bundle(root))).without).toBe(true);
  });

  it("leaves all packages outside when one cannot be bundled, and says so", async () => {
    const root = await folder({
      "node_modules/odd/package.json": `{"name": "odd", "main": "index.cjs"}`,
      "node_modules/odd/index.cjs": "if (process.env.NEVER) require('./page.odd'); exports.odd = 1;",
      "node_modules/odd/page.odd": "not JavaScript",
      "agent.ts": "export { odd } from 'odd';",
    });
    const result = await bundle(root);
    expect((await load(result)).odd).toBe(1);
    expect(result.problems[0]).toMatch(/^packages are not bundled/);
  });

  it("for a sandbox: says where files lie inside, and carries none of the host in", async () => {
    const secret = await folder({ "secret.json": `{"key": "secret"}`, "secret.ts": "export const key = 'secret';" });
    const root = await folder({
      "agent.ts": `import { readFileSync } from "node:fs"; export const at = import.meta.url;`,
      "json.ts": `import found from ${JSON.stringify(join(secret, "secret.json"))}; export const key = found.key;`,
      "above.ts": `import { key } from "../${basename(secret)}/secret.ts"; export { key };`,
      "linked.ts": `export { key } from "./link.ts";`,
    });
    await symlink(join(secret, "secret.ts"), join(root, "link.ts"));
    const outDir = await folder();
    const inside = (file: string): Promise<BundleResult> =>
      bundleAgent({
        root,
        files: [file],
        outDir,
        node: process.versions.node,
        signal,
        elsewhere: { [root]: "/agent" },
      });
    expect((await load(await inside("agent.ts"))).at).toBe("file:///agent/agent.ts");
    for (const file of ["json.ts", "above.ts", "linked.ts"]) {
      await expect(inside(file)).rejects.toThrow(/outside of the agent's folder/);
    }
  });

  it("names the agent's own files as inputs, and keeps one folder a content", async () => {
    const root = await folder({ "agent.ts": "import './b'; export const a = 1;", "b.ts": "globalThis.b = 1;" });
    const outDir = await folder();
    const first = await bundle(root, ["agent.ts"], outDir);
    expect([...first.inputs].sort()).toEqual([join(root, "agent.ts"), join(root, "b.ts")]);
    expect((await bundle(root, ["agent.ts"], outDir)).files).toEqual(first.files);
    expect(await readdir(outDir)).toHaveLength(1);
  });

  it("tells a syntax error with file, line and esbuild's picture", async () => {
    const root = await folder({ "agent.ts": "export const a = 1;\nexport const = 2;" });
    const { code, problem } = await failure(root);
    expect(code).toBe("LOAD_FAILED");
    expect(problem.detail).toMatch(/^agent\.ts:2:14: /);
    expect(problem.traceback).toContain("export const = 2;");
    expect(problem.files).toEqual([join(root, "agent.ts")]);
  });

  it("names a missing package and the command, and a missing file by what to watch", async () => {
    const root = await folder({ "agent.ts": "import '@scope/nope/x';", "yarn.lock": "" });
    const { problem } = await failure(root);
    expect(problem.detail).toContain('the package "@scope/nope" is not installed');
    expect(problem.hint).toBe("Install it: yarn add @scope/nope");
    expect(problem.missing).toEqual([join(root, "node_modules/@scope/nope/package.json")]);
    const other = await folder({ "agent.ts": "import './lib/x.js';" });
    expect((await failure(other)).problem.missing).toContain(join(other, "lib/x.ts"));
  });

  it("suggests the file that was meant", async () => {
    const root = await folder({ "agent.js": "" });
    expect((await failure(root)).problem.detail).toBe('there is no file "agent.ts"; did you mean "agent.js"?');
  });
});

describe("reading schemas from types", () => {
  it("reads parameters, methods, recursion and what is returned", async () => {
    const root = await folder({
      "agent.ts": `
        interface Tree { left?: Tree; value: number | null }
        export interface Input {
          /** Whom. */
          name: string; mode?: "a" | "b"; tags: string[]; tree: Tree; free: any; f(): void }
        export async function run(input: Input): Promise<{ ok: boolean; at: Date }> { return { ok: !!input, at: new Date() }; }
        export class Tools { use({ a, b = 1 }: { a: number; b?: number }) { return String(a + b); } }
        export async function* words(input: { n: number }) { yield String(input.n); }
        export const free = (input) => input;`,
    });
    const entry = (tag: string, module = tag) => ({ tag, file: "agent.ts", module });
    const entrypoints = [entry("run"), entry("use", "Tools.use"), entry("words"), entry("free")];
    const schemas = await readSchemas({ root, entrypoints, signal });
    expect(schemas.run?.input).toMatchObject({
      required: ["name", "tags", "tree"],
      properties: {
        name: { type: "string", description: "Whom." },
        mode: { enum: ["a", "b"] },
        tags: { type: "array", items: { type: "string" } },
        tree: { $ref: "#/$defs/Tree_1" },
        free: true,
      },
    });
    expect(schemas.run?.output).toMatchObject({ properties: { at: { type: "string", format: "date-time" } } });
    expect(schemas.use).toMatchObject({ input: { required: ["a"] }, output: { type: "string" } });
    expect(schemas.words).toEqual({
      input: { type: "object", properties: { n: { type: "number" } }, required: ["n"] },
    });
    expect(schemas.free ?? {}).toEqual({});
  });

  it("starts nothing for plain JavaScript, and reads nothing twice", async () => {
    const root = await folder({ "agent.ts": "export const run = (a: string) => a;" });
    const cache = { folder: await folder(), inputs: [join(root, "agent.ts")] };
    const entrypoints = [{ tag: "run", file: "agent.ts", module: "run" }];
    const first = await readSchemas({ root, entrypoints, signal, cache });
    const [kept = ""] = (await readdir(cache.folder)).filter((name) => name.endsWith(".json"));
    await writeFile(join(cache.folder, kept), JSON.stringify({ run: { input: { type: "null" } } }));
    expect(first).toEqual({ run: { input: { type: "string" }, output: { type: "string" } } });
    expect(await readSchemas({ root, entrypoints, signal, cache })).toEqual({ run: { input: { type: "null" } } });
    await writeFile(join(root, "agent.ts"), "export const run = (a: number) => a;");
    expect((await readSchemas({ root, entrypoints, signal, cache })).run?.input).toEqual({ type: "number" });
    expect(await readSchemas({ root, entrypoints: [{ tag: "a", file: "a.js", module: "a" }], signal })).toEqual({});
  });
});
