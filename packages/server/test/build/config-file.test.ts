// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own placeholders
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FolderRequest, loadProblem, readFolder } from "../../src/build/config-file.ts";

const CONFIG = {
  agent_name: "My Agent",
  agent_architecture: { entrypoints: [{ file: "agent.py", module: "run", type: "generic" }] },
};

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "runagent-config-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ "agent.py": "", ...files })) writeFileSync(join(root, name), text);
  return root;
}

const read = (root: string, more: Partial<FolderRequest> = {}) =>
  readFolder({ root, env: {}, envFile: null, entry: null, ...more });
const config = (more: object = {}) => ({ "runagent.config.json": JSON.stringify({ ...CONFIG, ...more }) });

test("variables come from the shell, then --env-file, then .env, then env_vars, without RUNAGENT_*", async () => {
  const root = folder({
    ...config({ env_vars: { A: "config", B: "config", C: "config", D: "config" } }),
    ".env": "A=dotenv\nB=dotenv\nC=dotenv\n",
    named: "A=named\nB=named\n",
  });
  const env = { A: "shell", RUNAGENT_API_KEY: "k", PATH: "/bin" };
  const reading = await read(root, { env, envFile: join(root, "named") });
  expect(reading).toMatchObject({ kind: "read", language: "python" });
  if (reading.kind === "read")
    expect(reading.env).toEqual({ A: "shell", B: "named", C: "dotenv", D: "config", PATH: "/bin" });
  expect(reading.watch).toEqual(expect.arrayContaining([join(root, "runagent.config.json"), join(root, ".env")]));
});

test("a placeholder is filled from .env, and one without value fails with its name and place", async () => {
  const files = config({ env_vars: { A: "${X}", B: "${MISSING}" } });
  const reading = await read(folder({ ...files, ".env": "X=1" }));
  expect(reading).toMatchObject({ kind: "invalid", agent: "my-agent" });
  expect(loadProblem(reading.problems)).toMatchObject({
    code: "LOAD_FAILED",
    detail: expect.stringMatching(/^runagent\.config\.json:1:\d+ found \$\{MISSING\}/),
    errors: [{ pointer: "/env_vars/B" }],
  });
  const healed = await read(folder({ ...files, ".env": "X=1\nMISSING=2" }));
  expect(healed.kind === "read" && healed.env).toMatchObject({ A: "1", B: "2" });
});

test("a stray line of .env is a warning that does not show its value, and a missing --env-file is an error", async () => {
  const root = folder({ ...config(), ".env": "GOOD=1\nsk-secret-value\n" });
  const reading = await read(root);
  expect(reading.kind).toBe("read");
  expect(reading.problems).toMatchObject([{ file: ".env", line: 2, severity: "warning" }]);
  expect((await read(root, { envFile: join(root, "nowhere") })).kind).toBe("invalid");
});

test("a missing source file is a problem of the config that suggests another", async () => {
  const entrypoints = [{ file: "agnet.py", module: "run" }];
  const reading = await read(folder(config({ agent_architecture: { entrypoints } })));
  expect(reading.problems).toMatchObject([{ suggestion: 'Did you mean "agent.py"?' }]);
});

test("JSON goes before YAML, and YAML is read where there is no JSON", async () => {
  const yaml = "agent_name: from yaml\nagent_architecture: {entrypoints: [{file: agent.py, module: run}]}\n";
  const only = await read(folder({ "runagent.config.yml": yaml }));
  expect(only).toMatchObject({ kind: "read", config: { name: "from-yaml" } });
  const both = await read(folder({ ...config(), "runagent.config.yaml": yaml }));
  expect(both).toMatchObject({ kind: "read", config: { name: "my-agent" } });
});

test("a folder without a config, one that is not there, and a config without code hold nothing to serve", async () => {
  for (const root of [folder({}), "/nowhere/at/all", folder(config({ agent_architecture: { entrypoints: [] } }))]) {
    expect(await read(root)).toMatchObject({ kind: "nothing", detail: expect.stringContaining(root) });
  }
});

test("--entry serves a folder without a config, and takes the place of a config's entrypoints", async () => {
  const bare = folder({});
  const assumed = await read(bare, { entry: "agent.py:app.invoke" });
  expect(assumed).toMatchObject({
    kind: "read",
    config: { entrypoints: [{ file: "agent.py", module: "app.invoke" }] },
  });
  expect(assumed.notes).toHaveLength(1);
  const named = await read(folder(config({ framework: "langgraph" })), { entry: "agent.py:other" });
  expect(named).toMatchObject({
    config: { name: "my-agent", framework: "langgraph", entrypoints: [{ tag: "other" }] },
  });
  const missing = await read(bare, { entry: "nope.py:app" });
  expect(missing).toMatchObject({ kind: "nothing", detail: expect.stringContaining(join(bare, "nope.py")) });
});

test("bytes that are no text are a problem, not a crash", async () => {
  const root = folder({});
  writeFileSync(join(root, "runagent.config.json"), Buffer.from([0xff, 0xfe, 0x00]));
  const reading = await read(root);
  expect(reading).toMatchObject({ kind: "invalid", problems: [{ found: "bytes that are no UTF-8" }] });
});
