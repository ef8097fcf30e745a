import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { resolveEnvironment } from "../../../src/build/environment/index.ts";
import { place } from "./places.ts";

const says = (python: string, code: string) => execFileSync(python, ["-c", code], { encoding: "utf8" }).trim();

/** The folder of a virtual environment, made without installing anything. */
function venv(folder: string): string {
  execFileSync("python3", ["-m", "venv", "--without-pip", folder]);
  return folder;
}

describe("the user's own Python", () => {
  test("on PATH is used for a folder that wants nothing installed, by its real path", async () => {
    const { request, home } = place();
    const found = await resolveEnvironment(await request());
    expect(found).toMatchObject({ source: "PATH", built: null, language: "python" });
    expect(says(found.interpreter, "import sys; print(sys.executable)")).toBe(found.interpreter);
    expect(says(found.interpreter, "import platform; print(platform.python_version())")).toBe(found.version);
    expect(existsSync(home)).toBe(false);
  });

  test("in .venv is used as it is, also from a folder below the project's root", async () => {
    const { root, request, write } = place();
    write("pyproject.toml", '[project]\nname = "x"\ndependencies = ["six"]\n');
    venv(join(root, ".venv"));
    mkdirSync(join(root, "agents", "one"), { recursive: true });
    mkdirSync(join(root, ".git"));
    const found = await resolveEnvironment(await request({ root: join(root, "agents", "one") }));
    expect(found).toMatchObject({ source: ".venv", built: null, interpreter: join(root, ".venv", "bin", "python") });
    expect(found.env.VIRTUAL_ENV).toBe(join(root, ".venv"));
    expect(found.explain.at(-1)).toContain("nothing is installed");
  });

  test("in .venv is found in any folder above, and lists of packages are only the agent's own", async () => {
    const { root, request, write } = place();
    const inner = join(root, "agents", "one");
    write("agents/one/agent.py", "");
    write("requirements.txt", "no-such-package-of-the-parent\n");
    expect(await resolveEnvironment(await request({ root: inner }))).toMatchObject({ source: "PATH", built: null });
    venv(join(root, ".venv"));
    expect(await resolveEnvironment(await request({ root: inner }))).toMatchObject({ source: ".venv" });
  });

  test("is looked for in the order --python, runtime.python, active virtualenv, .venv", async () => {
    const { root, request } = place();
    const own = venv(join(root, ".venv"));
    const [flag, config, active] = ["flag", "config", "active"].map((name) => {
      symlinkSync(own, join(root, name));
      return join(root, name);
    });
    const env = { ...(await request()).env, VIRTUAL_ENV: active };
    const runtime = { runtime: { python: "./config/bin/python" } };
    const at = async (more: object, written = {}) => (await resolveEnvironment(await request(more, written))).source;
    expect(await at({ pythonFlag: flag, env }, runtime)).toBe("--python");
    expect(await at({ env }, runtime)).toBe("runtime.python");
    expect(await at({ env })).toBe("active virtualenv");
    expect(await at({})).toBe(".venv");
    expect(config).toBeDefined();
  });

  test("that is a version is found on PATH, and one that nobody has is refused with what was found", async () => {
    const { request } = place();
    const version = says("python3", "import sys; print('%d.%d' % sys.version_info[:2])");
    const found = await resolveEnvironment(await request({}, { runtime: { python: version } }));
    expect(found.version.startsWith(`${version}.`)).toBe(true);
    const never = resolveEnvironment(await request({ pythonFlag: "3.99" }));
    await expect(never).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("3.99 (--python)"),
    });
  });

  test("that is older than 3.10 is refused with what to do", async () => {
    const { root, request } = place();
    mkdirSync(join(root, ".venv", "bin"), { recursive: true });
    writeFileSync(join(root, ".venv", "bin", "python"), "");
    writeFileSync(join(root, ".venv", "pyvenv.cfg"), "home = /usr/bin\nversion = 3.8.18\n");
    const refused = resolveEnvironment(await request());
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("Python 3.8.18; RunAgent needs 3.10"),
    });
  });

  test("that is named and does not exist is refused", async () => {
    const { request } = place();
    const refused = resolveEnvironment(await request({ pythonFlag: "/nowhere/python" }));
    await expect(refused).rejects.toMatchObject({ code: "LOAD_FAILED", problem: { files: expect.any(Array) } });
  });
});

describe("an environment", () => {
  test("is built from requirements with bytecode, once for a content, and leaves the folder alone", async () => {
    const { root, home, request, write } = place();
    write("requirements.txt", "-r more/base.txt\n");
    write("more/base.txt", "six==1.16.0\n");
    const first = await resolveEnvironment(await request());
    expect(first).toMatchObject({ source: "built", built: { ms: expect.any(Number) } });
    expect(
      says(first.interpreter, "import six; print(six.__version__, six.__file__.startswith(__import__('sys').prefix))"),
    ).toBe("1.16.0 True");
    const cache = says(
      first.interpreter,
      "import importlib.util, six; print(importlib.util.cache_from_source(six.__file__))",
    );
    expect(existsSync(cache)).toBe(true);
    const again = await resolveEnvironment(await request());
    expect(again).toMatchObject({ interpreter: first.interpreter, built: { key: first.built?.key, ms: 0 } });
    write("more/base.txt", "six==1.17.0\n");
    const changed = await resolveEnvironment(await request());
    expect(says(changed.interpreter, "import six; print(six.__version__)")).toBe("1.17.0");
    expect(readdirSync(root).sort()).toEqual(["more", "requirements.txt"]);
    expect(readdirSync(join(home, "environments")).filter((name) => name.endsWith(".json"))).toHaveLength(2);
  });

  test("that nothing is installed into is built without any tool", async () => {
    const { home, request, write } = place();
    write("requirements.txt", "# nothing yet\n");
    const { interpreter, built } = await resolveEnvironment(await request());
    expect(built?.tool).toBe("venv");
    expect(says(interpreter, "import sys; print(sys.prefix)")).toContain(home);
  });

  test("whose folder was damaged is built again", async () => {
    const { request, write } = place();
    write("requirements.txt", "");
    const first = await resolveEnvironment(await request());
    rmSync(first.interpreter);
    const healed = await resolveEnvironment(await request());
    expect(healed.built?.ms).toBeGreaterThan(0);
    expect(says(healed.interpreter, "print(1)")).toBe("1");
  });

  test("that cannot be built names the line, and leaves nothing", async () => {
    const { home, request, write } = place();
    write("requirements.txt", "# mine\nsix==0.0.999\n");
    const failed = resolveEnvironment(await request());
    await expect(failed).rejects.toMatchObject({
      code: "LOAD_FAILED",
      message: expect.stringContaining("requirements.txt:2"),
    });
    expect(leftovers(home)).toEqual([]);
    write("requirements.txt", "");
    expect((await resolveEnvironment(await request())).source).toBe("built");
  });

  test("is built once when two want it at the same time, and the second says that it waits", async () => {
    const { request, lines, write } = place();
    write("requirements.txt", "");
    const requests = [await request(), await request()]; // both are asked for in one turn, whatever asking takes
    const both = await Promise.all(requests.map((one) => resolveEnvironment(one)));
    expect(both.filter(({ built }) => (built?.ms ?? 0) > 0)).toHaveLength(1);
    expect(lines.some((line) => line.includes("waiting"))).toBe(true);
  });

  test("that is given up half-way leaves no process and nothing half-built", async () => {
    const { root, home, request, write } = place();
    write(
      "slow/setup.py",
      "import os, time\nopen(os.environ['STARTED'], 'w').write(str(os.getpid()))\ntime.sleep(60)\n",
    );
    write("requirements.txt", "./slow\n");
    const started = join(root, "..", "started");
    const stop = new AbortController();
    const env = { ...process.env, STARTED: started, VIRTUAL_ENV: undefined };
    const building = resolveEnvironment(await request({ signal: stop.signal, env }));
    building.catch(() => undefined); // asked below
    await expect.poll(() => existsSync(started) && readFileSync(started, "utf8"), { timeout: 20_000 }).toBeTruthy();
    stop.abort(new Error("Ctrl-C"));
    await expect(building).rejects.toThrow("Ctrl-C");
    expect(isRunning(readFileSync(started, "utf8"))).toBe(false);
    expect(leftovers(home)).toEqual([]);
  }, 30_000);
});

/** A process that ended and was not reaped by init yet does not run. */
function isRunning(pid: string): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

/** What is in the cache of environments beside marks of use. */
function leftovers(home: string): string[] {
  return readdirSync(join(home, "environments")).filter((name) => name !== "uses");
}

test("a cache that may not be written is said plainly", async () => {
  const { root, request, write } = place();
  write("requirements.txt", "");
  write("file", "");
  const failed = resolveEnvironment(await request({ home: join(root, "file") }));
  await expect(failed).rejects.toMatchObject({ code: "LOAD_FAILED", message: expect.stringContaining("ENOTDIR") });
});
