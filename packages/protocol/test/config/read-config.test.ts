// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the config's own placeholders
import { describe, expect, test } from "vitest";
import { type FileLookup, readConfig } from "../../src/config/index.ts";

const FILE = "runagent.config.json";
const entry = (more: object = {}) => ({ file: "agent.py", module: "app.invoke", type: "generic", ...more });
const agent = (more: object = {}, entrypoints: readonly object[] = [entry()]) =>
  JSON.stringify({ agent_name: "a", agent_architecture: { entrypoints }, ...more });

const read = (text: string, options = {}) => readConfig(text, FILE, options);
const pointers = async (text: string) => (await read(text)).problems.map((one) => one.pointer);

describe("a config", () => {
  test("in the form of every tutorial is read without a problem or a note", async () => {
    const text =
      '{"agent_name": "my-agent", "framework": "langgraph", "agent_architecture": {"entrypoints": [{"file": "agent.py", "module": "app.invoke", "type": "generic"}]}}';
    const { config, problems, notes } = await read(text);
    expect(problems).toEqual([]);
    expect(notes).toEqual([]);
    expect(config?.entrypoints).toMatchObject([
      { tag: "invoke", file: "agent.py", type: "generic", place: `${FILE}:1` },
    ]);
    expect(config?.resources).toMatchObject({
      timeoutMs: 300_000,
      idleTimeoutMs: 60_000,
      minInstances: 0,
      memory: null,
    });
  });

  test("names keys that callers may configure, and none that names a conversation", async () => {
    const { config } = await read(agent({}, [entry({ config_keys: ["model"] })]));
    expect(config?.entrypoints[0]?.configKeys).toEqual(["model"]);
    const refused = ["thread_id", "session_id", "checkpoint_id", "checkpoint_ns", "__pregel_checkpointer", ""];
    const keys = "/agent_architecture/entrypoints/0/config_keys";
    const found = await pointers(agent({}, [entry({ config_keys: refused })]));
    expect(found).toEqual(refused.map((_, index) => `${keys}/${index}`));
  });

  test("may have comments and trailing commas", async () => {
    const { config, problems } = await read(
      '// my agent\n{"agent_name": "a", /* all */ "agent_architecture": {"entrypoints": [{"file": "a.py", "module": "f", "type": "async",},],},}',
    );
    expect(problems).toEqual([]);
    expect(config?.name).toBe("a");
  });

  test("tells all its problems at once, each with its place, what was found and what was expected", async () => {
    const text = `{
  "agent_name": 7,
  "agent_architecture": {"entrypoints": [
    {"file": "../agent.py", "module": "app()", "type": "generc"},
    {"file": "b.py"}
  ]},
  "resources": {"memory": "lots", "concurrency": "3"}
}`;
    const { config, problems } = await read(text);
    expect(config).toBeNull();
    expect(problems.map((one) => [one.line, one.column, one.pointer, one.suggestion])).toEqual([
      [2, 17, "/agent_name", 'Write it as text: "7".'],
      [4, 14, "/agent_architecture/entrypoints/0/file", "Move it into the agent's folder."],
      [4, 39, "/agent_architecture/entrypoints/0/module", 'Write "app".'],
      [4, 56, "/agent_architecture/entrypoints/0/type", 'Did you mean "generic"?'],
      [5, 5, "/agent_architecture/entrypoints/1/module", 'Add "module": "app.invoke".'],
      [7, 27, "/resources/memory", null],
      [7, 50, "/resources/concurrency", "Write it without quotes."],
    ]);
    expect(problems[0]).toMatchObject({ file: FILE, found: "7", expected: "text", severity: "error" });
  });

  test("with an unknown key is still a config: the key is a warning that says what was meant", async () => {
    const { config, problems } = await read(agent({ framwork: "langgraph" }));
    expect(config).not.toBeNull();
    expect(problems).toMatchObject([
      { pointer: "/framwork", severity: "warning", suggestion: 'Did you mean "framework"?' },
    ]);
  });

  test("with the same key twice keeps the last and warns", async () => {
    const { config, problems } = await read(`${agent().slice(0, -1)}, "agent_name": "b"}`);
    expect(config?.title).toBe("b");
    expect(problems).toMatchObject([{ pointer: "/agent_name", severity: "warning", found: "the same key twice" }]);
  });

  test("that breaks the syntax tells where, and invents nothing that would be missing", async () => {
    const { problems } = await read('{\n  "agent_name": \'x\',\n  "agent_architecture" {"entrypoints": []}\n}');
    expect(problems.every((one) => one.severity === "error")).toBe(true);
    expect(problems[0]).toMatchObject({ line: 2, column: 17, suggestion: "Use double quotes." });
    expect(problems.some((one) => one.line === 3)).toBe(true);
    expect(problems.some((one) => one.found === "nothing")).toBe(false);
  });

  test.each([
    ["an empty file", ""],
    ["a list", "[]"],
    ["a bomb of brackets", "[".repeat(200_000)],
  ])("that is %s is one problem", async (_, text) => {
    const { config, problems } = await read(text);
    expect(config).toBeNull();
    expect(problems).toHaveLength(1);
  });

  test("names a key like a built-in property without harm", async () => {
    const { problems } = await read(agent({ constructor: 1, toString: 2 }));
    expect(problems.map((one) => one.severity)).toEqual(["warning", "warning"]);
  });
});

describe("tags", () => {
  test("that are left out are the last names of the modules, made unique in the order of the file", async () => {
    const left = ["app.invoke", "other.invoke", "run"].map((module) => ({ file: "a.py", module, type: "generic" }));
    const { config } = await read(agent({}, [...left, entry({ tag: "invoke" })]));
    expect(config?.entrypoints.map((one) => one.tag)).toEqual(["invoke_2", "invoke_3", "run", "invoke"]);
  });

  test("that are written twice are an error", async () => {
    expect(await pointers(agent({}, [entry({ tag: "x" }), entry({ tag: "x" })]))).toEqual([
      "/agent_architecture/entrypoints/1/tag",
    ]);
  });

  test("that end in _stream mean stream when no type is written", async () => {
    const { config, notes } = await read(agent({}, [{ file: "a.py", module: "f", tag: "f_stream" }]));
    expect(config?.entrypoints[0]?.type).toBe("generic_stream");
    expect(notes).toHaveLength(1);
  });

  test("named by the healthcheck must exist", async () => {
    const { problems } = await read(agent({ healthcheck: "invok" }));
    expect(problems).toMatchObject([{ pointer: "/healthcheck", suggestion: 'Did you mean "invoke"?' }]);
    expect((await read(agent({}, [entry({ healthcheck: true })]))).config?.healthcheck).toBe("invoke");
  });
});

describe("values", () => {
  test("are read in their units", async () => {
    const resources = { memory: "512MB", disk: "2GiB", cpu: 0.5, timeout: "10m", idle_timeout: 30, max_instances: 4 };
    const { config } = await read(agent({ resources, session: { ttl: "7d", on_busy: "reject" } }));
    expect(config?.resources).toMatchObject({ memory: 512e6, disk: 2 ** 31, cpu: 0.5, timeoutMs: 600_000 });
    expect(config?.resources).toMatchObject({ idleTimeoutMs: 30_000, maxInstances: 4 });
    expect(config?.session).toEqual({ onBusy: "reject", ttlMs: 7 * 24 * 3_600_000 });
  });

  test("of retry are filled in, attempts from `idempotent`", async () => {
    const { config } = await read(agent({}, [entry({ retry: { delay: "2s" }, idempotent: true })]));
    expect(config?.entrypoints[0]?.retry).toEqual({
      maxAttempts: 3,
      on: ["AGENT_ERROR", "WORKER_LOST"],
      delayMs: 2000,
      factor: 2,
    });
  });

  test.each([
    ["/resources/timeout", { resources: { timeout: 0 } }],
    ["/resources/cpu", { resources: { cpu: -1 } }],
    ["/resources/max_instances", { resources: { min_instances: 3, max_instances: 2 } }],
    ["/secrets/0", { secrets: ["MY-KEY"] }],
    ["/lifespan", { lifespan: "agent.py" }],
    ["/persistent_folders/0", { persistent_folders: ["../data"] }],
    ["/persistent_folders/0/scope", { persistent_folders: [{ path: "data", scope: "all" }] }],
    ["/schedules/0", { schedules: [{ name: "x" }] }],
    ["/schedules/0/cron", { schedules: [{ name: "x", cron: "daily" }] }],
    ["/schedules/0/timezone", { schedules: [{ name: "x", every: "1h", timezone: "Mars/Base" }] }],
    ["/webhooks/0/url", { webhooks: [{ url: "http://example.com" }] }],
    ["/isolation/require", { isolation: { require: "vm" } }],
    ["/runtime/node", { runtime: { node: "latest" } }],
    ["/env_vars/A", { env_vars: { A: ["x"] } }],
  ])("that are wrong at %s are found there", async (pointer, more) => {
    expect(await pointers(agent(more))).toEqual([pointer]);
  });

  test("of two languages in one agent are an error", async () => {
    const [problem] = (await read(agent({}, [entry(), entry({ file: "b.ts" })]))).problems;
    expect(problem).toMatchObject({ pointer: "/agent_architecture/entrypoints/1/file", severity: "error" });
  });
});

describe("egress rules", () => {
  test.each(["api.openai.com", "api.openai.com:8443", "*.example.com", "10.0.0.1", "[2001:db8::1]:443", "münchen.de"])(
    "%s is one",
    async (rule) => expect(await pointers(agent({ network: { egress: [rule] } }))).toEqual([]),
  );

  test.each([
    ...[
      "*",
      "*:443",
      "*.*",
      "localhost",
      "LOCALHOST:80",
      "x.localhost",
      "127.0.0.1",
      "127.1",
      "0x7f000001",
      "2130706433",
    ],
    ...[
      "0.0.0.0",
      "169.254.169.254",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[fe80::1]",
      "metadata.google.internal",
      "[fd00:ec2::254]",
    ],
    ...["https://a.com", "a.com/path", "a.com:0", "a.com:70000", "a.*.com", "", "a b"],
  ])("%j is refused", async (rule) => {
    expect(await pointers(agent({ network: { egress: [rule] } }))).toEqual(["/network/egress/0"]);
  });
});

describe("YAML", () => {
  const text = [
    "agent_name: Café Süß",
    "version: 1.0",
    "runtime: {python: 3.10}",
    "env_vars: {BIG: 12345678901234567890, NONE: null}",
    "agent_architecture:",
    "  entrypoints:",
    "    - {file: agent.py, module: app.invoke, type: generic}",
  ].join("\n");

  test("is read like JSON, numbers as they are spelled", async () => {
    const { config, problems } = await readConfig(text, "runagent.config.yaml");
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ name: "cafe-suss", version: "1.0", envVars: { BIG: "12345678901234567890" } });
    expect(config?.runtime.python).toBe("3.10");
    expect(config?.entrypoints[0]?.place).toBe("runagent.config.yaml:7");
  });

  test("tells places too, of syntax and of values", async () => {
    const wrong = await readConfig(text.replace("type: generic", "type: generc"), "runagent.config.yml");
    expect(wrong.problems).toMatchObject([{ line: 7, column: 50, suggestion: 'Did you mean "generic"?' }]);
    const broken = await readConfig("agent_name: [a\nb: }", "runagent.config.yaml");
    expect(broken.config).toBeNull();
    expect(broken.problems.map((one) => one.line)).toContain(2);
  });

  test("that refers to itself ends", async () => {
    const { config } = await readConfig("a: &x [*x]\n", "runagent.config.yaml");
    expect(config).toBeNull();
  });
});

describe("placeholders", () => {
  const lookup = (name: string) => ({ HOST: "example.com", EMPTY: "" })[name];

  test("are filled in from the lookup or their default, in every text", async () => {
    const env_vars = { A: "https://${HOST}/v1", B: "${NONE:-b}", C: "${EMPTY:-c}", D: "$${HOST}", E: "${EMPTY}" };
    const text = agent({ env_vars, resources: { memory: "${MEMORY:-1GiB}" } });
    const { config } = await read(text, { lookup });
    expect(config?.envVars).toEqual({ A: "https://example.com/v1", B: "b", C: "c", D: `\${HOST}`, E: "" });
    expect(config?.resources.memory).toBe(2 ** 30);
  });

  test("without value or default are an error that names them", async () => {
    const text = agent({ env_vars: { A: `\${NONE}` } });
    const { config, problems } = await read(text, { lookup });
    expect(config).toBeNull();
    expect(problems).toMatchObject([{ pointer: "/env_vars/A", expected: "a value for NONE" }]);
    expect((await read(text)).problems).toEqual([]);
  });
});

describe("files", () => {
  const files: FileLookup = { kind: (path) => (path === "agent.py" ? "file" : null), sources: () => ["agent.py"] };

  test("that do not exist are errors with the name that was meant, beside all other problems", async () => {
    const { problems } = await read(agent({ lifespan: "life.py:span" }, [entry({ file: "agnt.py", type: "x" })]), {
      files,
    });
    expect(problems.map((one) => [one.pointer, one.suggestion])).toEqual([
      ["/agent_architecture/entrypoints/0/file", 'Did you mean "agent.py"?'],
      ["/agent_architecture/entrypoints/0/type", null],
      ["/lifespan", "There is agent.py."],
    ]);
  });
});
