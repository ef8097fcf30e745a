/** From nothing to a deployed agent and back, with the real command line and a real server. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunAgentError, RunAgent } from "@runagent/sdk";
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runagent } from "../command-line.ts";
import { agentFiles, BUILD_MS, CONTAINERS, type Platform, startPlatform } from "./platform.ts";

describe("a server without isolation", () => {
  let server: Platform;
  let agent: Awaited<ReturnType<typeof tempFolder>>;
  beforeAll(async () => {
    server = await startPlatform();
    agent = await tempFolder({
      ...agentFiles("one"),
      ".env": "TOKEN=from-dot-env\n",
      id_rsa: "a key",
      ".gitignore": "*.log\n",
      "noise.log": "x",
      "data/kept.txt": "kept",
    });
  }, BUILD_MS);
  afterAll(async () => {
    await server.close();
    await agent.close();
  });

  test("deploys what a dry run showed, without secrets, and tells each step with its time", async () => {
    const dry = await server.json(["deploy", "--dry-run"], agent.path);
    expect(dry).toMatchObject({ event: "dry_run", agent: "greeter", left_out: [".env", "id_rsa"] });
    const files = dry.files as { readonly path: string }[]; // of our own command
    expect(files.map((one) => one.path)).toEqual([".gitignore", "agent.py", "data/kept.txt", "runagent.config.json"]);
    const { code, stdout, stderr } = await server.run(["deploy", "--json", "--message", "first"], agent.path);
    expect(code, stdout + stderr).toBe(0);
    const events = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events.map((one) => one.name ?? one.event)).toEqual(
      ["bundle", "upload", "build", "start", "switch", "deployed"].sort((a, b) => order(a) - order(b)),
    );
    expect(events.at(-1)).toMatchObject({
      agent: "greeter",
      version: "v1",
      changed: true,
      left_out: [".env", "id_rsa"],
    });
    expect(await server.client.agent("greeter").run({ name: "Ada" })).toMatchObject({
      release: "one",
      name: "Ada",
      token: null,
    });
  });

  test("an unchanged folder is answered with the live version, and nothing is built", async () => {
    const last = await server.json(["deploy"], agent.path);
    expect(last).toMatchObject({ event: "deployed", version: "v1", changed: false });
  });

  test("a new version takes new runs, the one before is called by its name, and rollback goes back", async () => {
    await writeAll(agent, agentFiles("two"));
    expect(await server.json(["deploy"], agent.path)).toMatchObject({ version: "v2", changed: true });
    const release = async (name: string) => (await server.client.agent(name).run({})) as { release: string };
    expect((await release("greeter")).release).toBe("two");
    expect((await release("greeter@v1")).release).toBe("one");
    expect(await server.json(["rollback", "greeter"])).toMatchObject({ version: "v1", status: "live" });
    expect((await release("greeter")).release).toBe("one");
    expect(await server.json(["promote", "greeter", "v2"])).toMatchObject({ version: "v2" });
    const { items } = await server.json(["versions", "greeter"]);
    expect(items).toMatchObject([
      { version: "v2", status: "live" },
      { version: "v1", message: "first" },
    ]);
    expect(await server.json(["versions", "greeter", "--diff", "v2"])).toMatchObject({
      files: { changed: ["agent.py"] },
    });
  });

  test("a broken deploy changes nothing and shows the agent's own traceback", async () => {
    await agent.write("agent.py", "import nothing_like_this\n");
    const { code, stdout } = await server.run(["deploy", "--json"], agent.path);
    const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(code).toBe(1);
    expect(last).toMatchObject({ event: "failed", step: "start", code: "LOAD_FAILED" });
    expect(last.traceback).toContain("nothing_like_this");
    expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "two" });
    await writeAll(agent, agentFiles("two"));
  });

  test("a secret that the config names must be there first; its next value reaches new workers, and no answer", async () => {
    const config = { secrets: ["TOKEN"] as unknown as string };
    await writeAll(agent, agentFiles("three", config));
    const refused = await server.run(["deploy"], agent.path);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("runagent secret set greeter TOKEN");
    const events = await server.run(["deploy", "--json"], agent.path);
    expect(events.code).toBe(3);
    expect(JSON.parse(events.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      ...{ event: "failed", step: "bundle", code: "INVALID_REQUEST", status: 400, origin: "caller" },
      detail: "The server has no value for TOKEN of greeter.",
    });
    await server.json(["secret", "set", "greeter", "TOKEN=first-secret-value"]);
    expect(await server.json(["deploy"], agent.path)).toMatchObject({ version: "v3" });
    const token = async () => ((await server.client.agent("greeter").run({})) as { token: string }).token;
    expect(await token()).not.toContain("secret-value"); // redacted, though the function returned it
    const before = (await server.client.agent("greeter").run({})) as { pid: number };
    await server.json(["secret", "set", "greeter", "TOKEN=second-secret-value"]);
    await expect
      .poll(async () => ((await server.client.agent("greeter").run({})) as { pid: number }).pid, { timeout: 30_000 })
      .not.toBe(before.pid);
    const { stdout } = await server.run(["secret", "list", "greeter", "--json"]);
    expect(stdout).not.toContain("secret-value");
    expect(server.server.output.stdout + server.server.output.stderr).not.toContain("secret-value");
  });

  test("keys say who may: a caller's key runs one agent, and no more", async () => {
    const made = await server.json(["key", "create", "--agent", "greeter", "--rate", "1000/s"]);
    const caller = new RunAgent({ url: server.url, apiKey: String(made.key) });
    expect(await caller.agent("greeter").run({})).toMatchObject({ release: "three" });
    const refusal = await caller.deployments.rollback("greeter").catch((error: unknown) => error);
    expect(isRunAgentError(refusal) && refusal.code).toBe("FORBIDDEN");
    await server.json(["key", "revoke", String(made.id)]);
    const gone = await caller
      .agent("greeter")
      .run({})
      .catch((error: unknown) => error);
    expect(isRunAgentError(gone) && gone.code).toBe("UNAUTHENTICATED");
    const { items } = await server.json(["audit"]);
    const actions = (items as { action: string; by: string | null }[]).map((one) => one.action); // of our own command
    expect(actions).toEqual(
      expect.arrayContaining(["login", "deploy", "rollback", "promote", "secret.set", "key.revoke"]),
    );
    expect(
      (items as { action: string; by: string | null }[]).find((one) => one.action === "rollback")?.by,
    ).not.toBeNull();
  });

  test("kill -9 loses nothing: the same version is live at once, secrets and keys with it", async () => {
    server = await server.again("SIGKILL");
    expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "three" });
    expect(await server.json(["secret", "list", "greeter"])).toMatchObject({ items: [{ name: "TOKEN", version: 2 }] });
  });

  test("a second server on the directory is refused, and says how to look", async () => {
    const second = await runagent(["server", "--data", server.data, "--isolation", "none", "--port", "0"], {
      cwd: server.folder.path,
    });
    expect(second.code).toBe(3);
    expect(second.stderr).toMatch(/Another server has the data directory[\s\S]*server status/);
  });

  test("a port that is taken is refused and named; nothing is left of that server", async () => {
    const { port } = new URL(server.url);
    const data = join(server.folder.path, "second");
    const words = ["server", "--data", data, "--isolation", "none", "--port", port];
    const second = await runagent(words, { cwd: server.folder.path });
    expect(second.stderr).toContain(`Port ${port} on 127.0.0.1 is in use by another program.`);
    expect(second.code).toBe(3);
    expect(await server.run(["server", "status", "--data", data])).toMatchObject({ code: 4 });
  });

  test("a backup that was made while it runs is restored, and served", async () => {
    const file = join(server.folder.path, "backup.tar");
    const again = join(server.folder.path, "again");
    await server.json(["server", "backup", file, "--data", server.data, "--with-key"]);
    expect((await server.run(["server", "restore", file, "--data", server.data])).code).toBe(3);
    await server.json(["server", "restore", file, "--data", again]);
    expect(existsSync(join(again, "engine.db"))).toBe(true);
  });

  test("delete takes the agent with its secrets, and asks where somebody can answer", async () => {
    expect((await server.run(["delete", "greeter"])).code).toBe(3);
    await server.json(["delete", "greeter", "--yes"]);
    expect(await server.json(["agents"])).toEqual({ items: [] });
    expect(await server.json(["secret", "list", "greeter"])).toEqual({ items: [] });
  });
});

async function writeAll(folder: TemporaryFolder, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
}

/** The steps that are told. */
const ORDER = ["bundle", "upload", "build", "start", "check", "switch", "deployed"];
const order = (name: string): number => ORDER.indexOf(name);

test("on other addresses than loopback the server wants TLS or a proxy", async () => {
  const folder = await tempFolder({});
  const refused = await runagent(
    ["server", "--data", join(folder.path, "d"), "--host", "0.0.0.0", "--isolation", "none"],
    {
      cwd: folder.path,
    },
  );
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("--tls-cert");
  await folder.close();
});

test("below the disk's reserve deploys and durable runs are refused, direct runs and the server go on", async () => {
  let server = await startPlatform();
  const agent = await tempFolder(agentFiles("one"));
  await server.json(["deploy"], agent.path);
  server = await server.again("SIGTERM", ["--isolation", "none", "--disk-reserve", "900TiB"]);
  await agent.write("agent.py", "changed = True\n");
  const refused = await server.run(["deploy"], agent.path);
  expect(refused.code).toBe(5);
  expect(refused.stderr).toContain("STORAGE_FULL");
  const durable = await server.client
    .agent("greeter")
    .background({})
    .catch((error: unknown) => error);
  expect(isRunAgentError(durable) && durable.code).toBe("STORAGE_FULL");
  expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "one" });
  expect((await server.client.info()).degraded.join()).toContain("nearly full");
  await server.close();
  await agent.close();
}, 60_000);

test("login keeps the key where only its owner reads, and commands use it", async () => {
  const server = await startPlatform();
  const env = { RUNAGENT_HOME: join(server.folder.path, "home") };
  const cwd = server.folder.path;
  const login = await runagent(["login", server.url, "--key", "-", "--name", "here"], {
    cwd,
    env,
    stdin: `${server.key}\n`,
  });
  expect(login.code, login.stderr).toBe(0);
  expect(login.stdout).not.toContain(server.key);
  expect(JSON.parse(readFileSync(join(env.RUNAGENT_HOME, "targets.json"), "utf8"))).toMatchObject({ current: "here" });
  expect((await runagent(["whoami"], { cwd, env })).stdout).toContain(server.url);
  expect((await runagent(["logout"], { cwd, env })).stdout).toContain("revoked");
  expect((await runagent(["whoami"], { cwd, env })).code).toBe(4);
  await server.close();
}, 60_000);

describe.runIf(CONTAINERS)("a server that isolates", () => {
  test(
    "deploys into a container, answers from there, and leaves nothing when it is stopped",
    async () => {
      const server = await startPlatform({ options: [] });
      const agent = await tempFolder(agentFiles("boxed"));
      expect(await server.json(["deploy"], agent.path)).toMatchObject({ version: "v1", start: "fork" });
      const answer = (await server.client.agent("greeter").run({})) as { release: string; pid: number };
      expect(answer.release).toBe("boxed");
      const { items } = await server.json(["ps", "--all"]);
      expect(items).toEqual(expect.arrayContaining([expect.objectContaining({ worker: "sandbox", state: "running" })]));
      const chunks: unknown[] = [];
      for await (const event of server.client.agent("greeter").stream({ to: 5 }, { tag: "count" })) {
        if (event.type === "chunk") chunks.push(event.data);
      }
      expect(chunks).toEqual(["0", "1", "2", "3", "4"]);
      await server.json(["server", "stop", "--data", server.data]);
      await server.server.ended;
      expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(server.data);
      await agent.close();
      await server.folder.close();
    },
    BUILD_MS,
  );
});
