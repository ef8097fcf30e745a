import { expect, test } from "vitest";
import { readConfig } from "../../src/config/index.ts";

const OLD = {
  agent_name: "My Agent",
  description: "Does XYZ",
  framework: "default",
  template: "",
  version: "1.0.0",
  created_at: "2026-11-22T10:08:08.913422",
  template_source: { repo_url: "https://example.com/templates.git", author: "someone", path: "default" },
  agent_id: "00000000-0000-0000-0000-000000000000",
  auth_settings: { type: "api_key" },
  persistent_folders: [".picoclaw"],
  metadata: { runtime: "picoclaw-gateway" },
};

const read = (more: object) => readConfig(JSON.stringify({ ...OLD, ...more }), "runagent.config.json");

test("an older file loads without a problem, and a note says which keys have no effect", async () => {
  const entrypoints = [
    { file: "agent.py", module: "run", tag: "run" },
    { file: "agent.py", module: "s", tag: "s_stream" },
  ];
  const { config, problems, notes } = await read({ agent_architecture: { entrypoints } });
  expect(problems).toEqual([]);
  expect(config).toMatchObject({
    title: "My Agent",
    name: "my-agent",
    persistentFolders: [{ path: ".picoclaw", scope: "agent" }],
  });
  expect(config?.entrypoints.map((one) => one.type)).toEqual([null, "generic_stream"]);
  for (const key of ["agent_id", "template_source", "auth_settings", "metadata"])
    expect(notes.join("\n")).toContain(key);
});

test("an entrypoint at another server is left out, and said", async () => {
  const webhook = { webhook_url: "https://example.com/webhook/x", method: "post", timeout: 60, tag: "food_doctor" };
  const { config, problems, notes } = await read({ agent_architecture: { entrypoints: [webhook] } });
  expect(problems).toEqual([]);
  expect(config?.entrypoints).toEqual([]);
  expect(notes.join("\n")).toContain("food_doctor");
});

test("no entrypoints, an extractor and variables that are no text are each said", async () => {
  const empty = await read({ agent_architecture: { entrypoints: [] }, env_vars: { A: null, PORT: 8080, ON: true } });
  expect(empty.config).toMatchObject({ entrypoints: [], envVars: { PORT: "8080", ON: "true" } });
  expect(empty.notes.join("\n")).toMatch(/No entrypoints/);
  expect(empty.notes.join("\n")).toMatch(/`A`.*not set/);
  const extractor = { answer: "$.messages" };
  const extracted = await read({
    agent_architecture: { entrypoints: [{ file: "a.py", module: "f", tag: "f", extractor }] },
  });
  expect(extracted.notes.join("\n")).toContain("extractor");
});
