/** What projects name their packages by, each built in the real sandbox from the real indexes: what comes out, and whose it is. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findUv } from "../../../src/build/environment/uv.ts";
import { BUILD_MS, CAN_CONFINE, HOME, testBase } from "../../sandbox/confined.ts";
import { type BuildOptions, type BuildResult, build, project } from "./building.ts";

const PROJECT = '[project]\nname = "agent"\nversion = "1"\nrequires-python = ">=3.10"\n';
const BACKEND = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n';
const signal = new AbortController().signal;

describe.runIf(CAN_CONFINE)("what is built in a sandbox", { timeout: BUILD_MS }, () => {
  let home: TemporaryFolder;
  let uv: string;
  beforeAll(async () => {
    await testBase();
    home = await tempFolder({});
    uv =
      (await findUv({ home: HOME, env: process.env, progress: () => undefined, signal }, { interpreter: "python3" })) ??
      "";
  }, BUILD_MS);
  afterAll(() => home?.close());

  const from = (root: string, options: Omit<BuildOptions, "home"> = {}): Promise<BuildResult> =>
    build(root, { ...options, home: home.path });
  const installed = ({ directory }: BuildResult): string[] =>
    globSync("lib/python*/site-packages/*.dist-info", { cwd: directory ?? "" }).map((path) =>
      (path.split("/").at(-1) ?? "").replace(".dist-info", ""),
    );

  test("a list without hashes: compiled, owned by root, the agent's own; what was resolved is told when it changes", async () => {
    await using folder = await tempFolder(project({ "requirements.txt": "humanize<4.12\n" }));
    const first = await from(folder.path);
    expect(installed(first)).toEqual(["humanize-4.11.0"]);
    expect(first.lock).toBe("humanize==4.11.0\n");
    const directory = first.directory ?? "";
    expect(globSync("lib/python*/site-packages/humanize/__pycache__/*.pyc", { cwd: directory })).not.toEqual([]);
    expect(statSync(directory).uid).toBe(0);
    const again = await from(folder.path);
    expect(again).toMatchObject({ id: first.id, notes: [] });
    expect((await from(folder.path, { scope: "somebody-else" })).id).not.toBe(first.id);
    writeFileSync(join(folder.path, "requirements.txt"), "humanize==4.12.3\n");
    const changed = await from(folder.path);
    expect(changed.notes.join()).toContain("humanize 4.11.0 → 4.12.3");
    // Deleted and built again: what was resolved then, whatever is newest now.
    rmSync(join(home.path, "sandbox-environments", `${first.id}.json`));
    writeFileSync(join(home.path, "resolved", `${first.id}.txt`), "humanize==4.10.0\n");
    writeFileSync(join(folder.path, "requirements.txt"), "humanize<4.12\n");
    expect(installed(await from(folder.path))).toEqual(["humanize-4.10.0"]);
  });

  test("a uv.lock, whose every file is known by its hash, is shared; a poetry.lock too", async () => {
    await using folder = await tempFolder(
      project({ "pyproject.toml": `${PROJECT}dependencies = ["iniconfig==2.0.0"]\n` }),
    );
    execFileSync(uv, ["lock", "--quiet", "--python", "python3"], { cwd: folder.path, stdio: "pipe" });
    const first = await from(folder.path, { scope: "one" });
    expect(installed(first)).toEqual(["iniconfig-2.0.0"]);
    expect(first.lock).toBeNull();
    expect(await from(folder.path, { scope: "two" })).toMatchObject({ id: first.id, directory: first.directory });
    const lock = readFileSync(join(folder.path, "uv.lock"), "utf8");
    const hash = /iniconfig-2.0.0-py3[^}]*?hash = "(sha256:[0-9a-f]+)"/.exec(lock)?.[1];
    rmSync(join(folder.path, "uv.lock"));
    const poetry = (value: string | undefined): void =>
      writeFileSync(
        join(folder.path, "poetry.lock"),
        `[[package]]\nname = "iniconfig"\nversion = "2.0.0"\ngroups = ["main"]\nfiles = [\n    {file = "iniconfig-2.0.0-py3-none-any.whl", hash = "${value}"},\n]\n`,
      );
    poetry(hash);
    expect(installed(await from(folder.path))).toEqual(["iniconfig-2.0.0"]);
    poetry(`sha256:${"0".repeat(64)}`);
    await expect(from(folder.path)).rejects.toThrow(/poetry.lock/);
  });

  test("folders of the project and members of a workspace within build.root are installed, not linked", async () => {
    const lib = {
      "pyproject.toml": `${BACKEND}[project]\nname = "mylib"\nversion = "3"\n`,
      "mylib/__init__.py": "X = 3\n",
    };
    const inside = Object.fromEntries(Object.entries(lib).map(([name, text]) => [`lib/${name}`, text]));
    const agent = project({ "requirements.txt": "../lib\n" }, { build: { root: ".." } });
    await using folder = await tempFolder({ ...inside, ...prefixed("agent", agent) });
    const listed = await from(join(folder.path, "agent"));
    expect(installed(listed)).toEqual(["mylib-3"]);
    expect(globSync("lib/python*/site-packages/mylib/__init__.py", { cwd: listed.directory ?? "" })).toHaveLength(1);
    writeFileSync(join(folder.path, "pyproject.toml"), '[tool.uv.workspace]\nmembers = ["agent", "lib"]\n');
    rmSync(join(folder.path, "agent/requirements.txt"));
    writeFileSync(
      join(folder.path, "agent/pyproject.toml"),
      `${PROJECT}dependencies = ["mylib"]\n[tool.uv.sources]\nmylib = { workspace = true }\n`,
    );
    execFileSync(uv, ["lock", "--quiet", "--python", "python3"], { cwd: folder.path, stdio: "pipe" });
    const member = await from(join(folder.path, "agent"));
    expect(installed(member)).toEqual(["mylib-3"]);
    writeFileSync(join(folder.path, "lib/mylib/__init__.py"), "X = 4\n");
    expect((await from(join(folder.path, "agent"))).id).not.toBe(member.id);
  });

  test("a private index of the operator is asked, without what it signs in with; no other is", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization);
      response.setHeader("content-type", "text/html");
      response.end(request.url === "/simple/secretlib/" ? "<a href='/none-1.whl'>none</a>" : "");
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = Object(server.address()) as AddressInfo; // it listens
    await using folder = await tempFolder(project({ "requirements.txt": "secretlib==1\n" }));
    const env = { UV_DEFAULT_INDEX: "http://me:password@packages.test/simple", UV_INSECURE_HOST: "packages.test" };
    const mapped = [`packages.test=127.0.0.1:${port}`];
    const error: unknown = await from(folder.path, { env, mapped }).catch((one: unknown) => one);
    expect(String(error)).toMatch(/requirements.txt:1 .*secretlib/);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter(Boolean)).toEqual([]);
    asked.length = 0;
    const secrets = { UV_DEFAULT_INDEX: "http://me:password@packages.test/simple" };
    await from(folder.path, { env, mapped, secrets }).catch(() => undefined);
    server.close();
    expect(asked.some((one) => one?.startsWith("Basic "))).toBe(true);
  });

  test("npm's, pnpm's and yarn's locks, and none", async () => {
    const manifest = { private: true, type: "module", dependencies: { "is-number": "^7.0.0" } };
    const files = project({ "package.json": JSON.stringify(manifest) }, { file: "agent.ts" });
    await using folder = await tempFolder(files);
    const number = ({ directory }: BuildResult): boolean => existsSync(join(directory ?? "", "is-number/index.js"));
    const none = await from(folder.path);
    expect(number(none)).toBe(true);
    expect(none.lock).toBe("is-number==7.0.0\n");
    const integrity = "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==";
    writeFileSync(join(folder.path, "package-lock.json"), npmLock(integrity));
    const npm = await from(folder.path, { scope: "one" });
    expect(number(npm)).toBe(true);
    expect((await from(folder.path, { scope: "two" })).id).toBe(npm.id);
    rmSync(join(folder.path, "package-lock.json"));
    writeFileSync(join(folder.path, "pnpm-lock.yaml"), pnpmLock(integrity));
    expect(number(await from(folder.path))).toBe(true);
    rmSync(join(folder.path, "pnpm-lock.yaml"));
    writeFileSync(join(folder.path, "yarn.lock"), yarnLock(integrity));
    expect(number(await from(folder.path))).toBe(true);
  });

  test("npm's workspace: what another member gives is a copy, not a link to where nothing is", async () => {
    const agent = project(
      { "package.json": JSON.stringify({ name: "agent", type: "module", dependencies: { shared: "*" } }) },
      { file: "agent.ts", build: { root: ".." } },
    );
    await using folder = await tempFolder({
      ...prefixed("agent", agent),
      "package.json": JSON.stringify({ private: true, workspaces: ["agent", "shared"] }),
      "shared/package.json": JSON.stringify({ name: "shared", version: "2.0.0", main: "index.js" }),
      "shared/index.js": "module.exports = 2;\n",
    });
    execFileSync("npm", ["install", "--package-lock-only", "--offline"], { cwd: folder.path, stdio: "pipe" });
    const { directory } = await from(join(folder.path, "agent"));
    expect(statSync(join(directory ?? "", "shared")).isDirectory()).toBe(true);
    expect(readdirSync(join(directory ?? "", "shared"))).toContain("index.js");
    expect(readFileSync(join(directory ?? "", "shared/index.js"), "utf8")).toContain("2");
  });
});

const prefixed = (folder: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

const npmLock = (integrity: string): string =>
  JSON.stringify(
    {
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { dependencies: { "is-number": "^7.0.0" } },
        "node_modules/is-number": {
          version: "7.0.0",
          resolved: "https://registry.npmjs.org/is-number/-/is-number-7.0.0.tgz",
          integrity,
        },
      },
    },
    null,
    2,
  );

const pnpmLock = (integrity: string): string => `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      is-number:
        specifier: ^7.0.0
        version: 7.0.0

packages:

  is-number@7.0.0:
    resolution: {integrity: ${integrity}}
    engines: {node: '>=0.12.0'}

snapshots:

  is-number@7.0.0: {}
`;

const yarnLock = (integrity: string): string => `# yarn lockfile v1


is-number@^7.0.0:
  version "7.0.0"
  resolved "https://registry.yarnpkg.com/is-number/-/is-number-7.0.0.tgz"
  integrity ${integrity}
`;
