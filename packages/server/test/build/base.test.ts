/** The base file system as the Python in it sees it. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Base } from "../../src/build/base/debian.ts";
import { BUILD_MS, CAN_CONFINE, testBase } from "../sandbox/confined.ts";

/** Modules that were read from a source, whose bytecode lies nowhere. */
const NOT_COMPILED = `import asyncio, json, os, ssl, sys
loaded = [one for one in list(sys.modules.values()) if getattr(one, "__cached__", None)]
print(len(loaded) > 50, [one.__name__ for one in loaded if not os.path.exists(one.__cached__)])`;

describe.runIf(CAN_CONFINE)("the base file system", { timeout: BUILD_MS }, () => {
  let base: Base;
  beforeAll(async () => {
    base = await testBase();
  }, BUILD_MS);

  test("the standard library is compiled in it: a sandbox, which cannot write there, compiles none of it", () => {
    const chroot = join(base.rootfs, "usr/sbin/chroot");
    const said = execFileSync(chroot, [base.rootfs, base.python, "-I", "-B", "-c", NOT_COMPILED], { encoding: "utf8" });
    expect(said).toBe("True []\n");
  });
});
