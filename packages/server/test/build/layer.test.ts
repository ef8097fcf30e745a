/** Debian packages above the base file system: linked, not copied; the base is left as it was; wrong names are said. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Base, resolveBase } from "../../src/build/base/debian.ts";
import { BUILD_MS, CAN_CONFINE, HOME, testBase } from "../sandbox/confined.ts";

describe.runIf(CAN_CONFINE)("runtime.packages", { timeout: BUILD_MS }, () => {
  let base: Base;
  const lines: string[] = [];
  const withPackages = (packages: readonly string[]): Promise<Base> =>
    resolveBase({
      ...{ home: HOME, packages, node: process.execPath, env: process.env, signal: new AbortController().signal },
      progress: (line) => lines.push(line),
    });
  beforeAll(async () => {
    base = await testBase();
  }, BUILD_MS);

  test("a layer has what it adds, shares what is below by hard links, and is the same in any order", async () => {
    const layer = await withPackages(["hello", "hello"]);
    expect(existsSync(join(layer.rootfs, "usr/bin/hello"))).toBe(true);
    expect(existsSync(join(base.rootfs, "usr/bin/hello"))).toBe(false);
    const shared = "usr/local/bin/node";
    expect(statSync(join(layer.rootfs, shared)).ino).toBe(statSync(join(base.rootfs, shared)).ino);
    expect(
      execFileSync(join(base.rootfs, "usr/sbin/chroot"), [layer.rootfs, "/usr/bin/hello"], { encoding: "utf8" }),
    ).toBe("Hello, world!\n");
    expect(layer.key).not.toBe(base.key);
    lines.length = 0;
    expect(await withPackages(["hello"])).toEqual(layer);
    expect(lines).toEqual([]); // it was there
  });

  test("a name that is none is said with its place, and nothing half is left", async () => {
    const before = readdirSync(join(HOME, "bases")).filter((name) => name !== "uses");
    await expect(withPackages(["no-such-package-anywhere"])).rejects.toMatchObject({
      problem: {
        code: "LOAD_FAILED",
        detail: expect.stringMatching(/runagent.config.json: runtime.packages names "no-such-package-anywhere"/),
      },
    });
    await expect(withPackages(["-oAPT::Update::Pre-Invoke::=id"])).rejects.toThrow(/runtime.packages names "-o/);
    expect(readdirSync(join(HOME, "bases")).filter((name) => name !== "uses")).toEqual(before);
  });
});
