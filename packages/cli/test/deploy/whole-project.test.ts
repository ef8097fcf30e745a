/** An agent among other packages of a project: `build.root` is bundled, and the agent imports what lies beside it. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RunAgent } from "@runagent/sdk";
import { tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, CONTAINERS, type Platform, startPlatform } from "./platform.ts";

const config = (name: string, file: string, build: object = { root: "../.." }): string =>
  JSON.stringify({ agent_name: name, agent_architecture: { entrypoints: [{ file, module: "main" }] }, build });
const LIB = {
  "libs/greeting/pyproject.toml":
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "greeting"\nversion = "3"\n',
  "libs/greeting/greeting/__init__.py": 'WORD = "hello"\n',
};
const PYTHON = "import greeting\n\ndef main():\n    return greeting.WORD\n";

describe.runIf(CONTAINERS)("a bundle of more than the agent's folder", { timeout: BUILD_MS }, () => {
  let server: Platform;
  beforeAll(async () => {
    server = await startPlatform({ options: [] });
  }, BUILD_MS);
  afterAll(() => server?.close());

  test("has the folder that the agent's list of packages names, and what ignore files and secrets say stays here", async () => {
    await using project = await tempFolder({
      ...LIB,
      "agents/one/runagent.config.json": config("one", "agent.py"),
      "agents/one/agent.py": PYTHON,
      "agents/one/requirements.txt": "-e ../../libs/greeting\n",
      ".gitignore": "*.log\n",
      "noise.log": "x",
      ".env": "TOKEN=x\n",
    });
    const folder = join(project.path, "agents/one");
    const dry = await server.json(["deploy", "--dry-run"], folder);
    expect(dry.left_out).toEqual([".env"]);
    const files = dry.files as { readonly path: string }[]; // of our own command
    expect(files.map((one) => one.path)).toContain("libs/greeting/greeting/__init__.py");
    expect(files.map((one) => one.path)).not.toContain("noise.log");
    expect(await server.json(["deploy"], folder)).toMatchObject({ version: "v1", changed: true });
    expect(await server.client.agent("one").run({})).toBe("hello");
    expect(await server.json(["deploy"], folder)).toMatchObject({ version: "v1", changed: false });
  });

  test("is installed once for its list of packages; what is installed is told, and the difference the next time", async () => {
    await using folder = await tempFolder({
      "runagent.config.json": config("three", "agent.py", {}),
      "agent.py": "import humanize\n\ndef main():\n    return humanize.__version__\n",
      "requirements.txt": "humanize==4.11.0\n",
    });
    const { deployments } = server.client;
    await server.json(["deploy"], folder.path);
    const first = await deployments.version("three", "v1");
    expect(first.packages).toEqual(["humanize==4.11.0"]);
    await folder.write("agent.py", "import humanize\n\ndef main():\n    return 'two'\n");
    const same = await server.run(["deploy"], folder.path);
    expect(same.stderr).not.toContain("Packages changed");
    expect((await deployments.version("three", "v2")).environment).toBe(first.environment);
    await folder.write("requirements.txt", "humanize==4.12.3\n");
    const changed = await server.run(["deploy"], folder.path);
    expect(changed.stderr).toContain("Packages changed since v2: - humanize==4.11.0, + humanize==4.12.3");
    expect((await deployments.version("three", "v3")).environment).not.toBe(first.environment);
  });

  test("has the members of npm's workspace", async () => {
    await using project = await tempFolder({
      "package.json": JSON.stringify({ private: true, workspaces: ["agents/*", "libs/*"] }),
      "libs/shared/package.json": JSON.stringify({ name: "shared", version: "2.0.0", main: "index.js" }),
      "libs/shared/index.js": "module.exports = { word: 'shared' };\n",
      "agents/two/package.json": JSON.stringify({ name: "two", type: "module", dependencies: { shared: "*" } }),
      "agents/two/runagent.config.json": config("two", "agent.ts"),
      "agents/two/agent.ts": 'import shared from "shared";\nexport const main = () => shared.word;\n',
    });
    execFileSync("npm", ["install", "--package-lock-only", "--offline"], { cwd: project.path, stdio: "pipe" });
    expect(await server.json(["deploy"], join(project.path, "agents/two"))).toMatchObject({ version: "v1" });
    expect(await server.client.agent("two").run({})).toBe("shared");
  });

  test("goes on from there after a restart of the server", async () => {
    server = await server.again("SIGTERM");
    const { client } = server;
    expect(await Promise.all([client.agent("one").run({}), client.agent("two").run({})])).toEqual(["hello", "shared"]);
  });

  test("that says its root is above itself is refused: a build would get a copy of what is the server's", async () => {
    const files = await upload(server.client, {
      "runagent.config.json": config("sly", "agent.py", { root: "../.." }),
      "agent.py": PYTHON,
      "requirements.txt": "../../master\n",
    });
    const { id } = await server.client.deployments.start("sly", files);
    let last = {};
    for await (const event of server.client.deployments.events(id)) last = event;
    expect(last).toMatchObject({
      event: "failed",
      step: "build",
      code: "INVALID_REQUEST",
      errors: [{ pointer: "/build/root" }],
    });
  });
});

/** As `deploy` sends them, whatever stands in them. */
async function upload({ deployments }: RunAgent, files: Readonly<Record<string, string>>) {
  const all = Object.entries(files).map(([path, text]) => {
    const content = new TextEncoder().encode(text);
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    return { content, file: { path, digest, size: content.length, mode: 0o644 } };
  });
  for (const { content, file } of all) await deployments.upload(file.digest, content);
  return all.map(({ file }) => file);
}
