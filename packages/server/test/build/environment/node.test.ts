import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveEnvironment } from "../../../src/build/environment/index.ts";
import { place } from "./places.ts";

const MANIFEST = JSON.stringify({ name: "a", version: "1.0.0", dependencies: { "is-number": "7.0.0" } });
const LOCK = JSON.stringify({
  name: "a",
  version: "1.0.0",
  lockfileVersion: 3,
  packages: {
    "": { name: "a", version: "1.0.0", dependencies: { "is-number": "7.0.0" } },
    "node_modules/is-number": { version: "7.0.0" },
  },
});

describe("a Node agent", () => {
  test("with node_modules has them as they are", async () => {
    const { root, home, request, write } = place();
    write("package.json", MANIFEST);
    mkdirSync(join(root, "node_modules"));
    const found = await resolveEnvironment(await request({ language: "node" }));
    expect(found).toMatchObject({ nodeModules: null, built: null });
    expect(existsSync(home)).toBe(false);
  });

  test("without them gets those of its lock, once for a content, and its folder is left alone", async () => {
    const { root, request, write } = place();
    write("package.json", MANIFEST);
    write("package-lock.json", LOCK);
    const first = await resolveEnvironment(await request({ language: "node" }));
    expect(first.built).toMatchObject({ tool: "npm", ms: expect.any(Number) });
    expect(existsSync(join(first.nodeModules ?? "", "is-number", "package.json"))).toBe(true);
    const again = await resolveEnvironment(await request({ language: "node" }));
    expect(again).toMatchObject({ nodeModules: first.nodeModules, built: { ms: 0 } });
    expect(readdirSync(root).sort()).toEqual(["package-lock.json", "package.json"]);
  });

  test("with a lock of its own has nothing of the folders above it", async () => {
    const { root, request, write } = place();
    write(".git/HEAD", "");
    mkdirSync(join(root, "node_modules"));
    write("agents/one/package.json", MANIFEST);
    const inside = { language: "node", root: join(root, "agents/one") } as const;
    expect(await resolveEnvironment(await request(inside))).toMatchObject({ built: null });
    write("agents/one/package-lock.json", LOCK);
    expect((await resolveEnvironment(await request(inside))).built).toMatchObject({ tool: "npm" });
  });

  test("that wants a package which does not exist is refused with the line", async () => {
    const { request, write } = place();
    write("package.json", `{\n "dependencies": {\n  "is-number": "999.0.0"\n }\n}`);
    const refused = resolveEnvironment(await request({ language: "node" }));
    await expect(refused).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("package.json:3"),
    });
  });

  test("runs on the Node of PATH when that is new enough, else on ours", async () => {
    const { request, home } = place();
    const env = { PATH: "" };
    const ours = await resolveEnvironment(await request({ language: "node", env }));
    expect(ours).toMatchObject({ source: "our own Node", interpreter: process.execPath });
    expect(existsSync(home)).toBe(false);
    const refused = resolveEnvironment(await request({ language: "node", env }, { runtime: { node: "18" } }));
    await expect(refused).rejects.toMatchObject({ code: "LOAD_FAILED", message: expect.stringContaining("Node 18") });
  });
});
