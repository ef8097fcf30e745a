import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveEnvironment } from "../../../src/build/environment/index.ts";
import { place } from "./places.ts";

const says = (python: string, code: string) => execFileSync(python, ["-c", code], { encoding: "utf8" }).trim();

test("projects in folders are installed from copies: nothing is written beside the sources, and a change counts", async () => {
  const { root, request, write } = place();
  write("setup.py", "from setuptools import setup\nsetup(name='own', version='1', py_modules=['own'])\n");
  write("own.py", "");
  write("lib/pyproject.toml", '[project]\nname = "lib"\nversion = "1"\n[tool.setuptools]\npy-modules = ["lib"]\n');
  write("lib/lib.py", "value = 1\n");
  write("requirements.txt", "-r more.txt  # all of it\n-e .\n");
  write("more.txt", "six==1.16.0\n./lib ; python_version >= '3'\n");
  const before = readdirSync(root, { recursive: true }).sort();
  const first = await resolveEnvironment(await request());
  expect(says(first.interpreter, "import lib, six; print(lib.value, six.__version__)")).toBe("1 1.16.0");
  expect(readdirSync(root, { recursive: true }).sort()).toEqual(before);
  write("own.py", "changed = True\n");
  expect((await resolveEnvironment(await request())).built).toMatchObject({ key: first.built?.key, ms: 0 });
  write("lib/lib.py", "value = 2\n");
  const second = await resolveEnvironment(await request());
  expect(says(second.interpreter, "import lib; print(lib.value)")).toBe("2");
  expect(second.explain.join("\n")).toContain(join("requirements.txt"));
}, 60_000);
