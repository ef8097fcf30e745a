/** `runagent logs` of an agent that was deployed to `runagent server`, and of one that `serve` runs. */
import { createHash } from "node:crypto";
import { startProcess, tempFolder } from "@runagent/testing";
import { expect, test } from "vitest";
import { startServe } from "../bad-luck/serving.ts";
import { type Ended, PROGRAM, runagent } from "../command-line.ts";

const READY_MS = 60_000;
const FILES = {
  "runagent.config.json": JSON.stringify({
    agent_name: "talker",
    agent_architecture: { entrypoints: [{ file: "agent.py", module: "say", tag: "say" }] },
  }),
  "agent.py": 'print("imported")\n\n\ndef say(word: str):\n    print("they said " + word)\n    return word\n',
};

interface Server {
  readonly url: string;
  readonly key: string;
}

/** Sends the files, deploys them, and waits for the end. */
async function deploy({ url, key }: Server): Promise<void> {
  const Authorization = `Bearer ${key}`;
  const files = await Promise.all(
    Object.entries(FILES).map(async ([path, content]) => {
      const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
      const sent = await fetch(`${url}/v1/blobs/${digest}`, {
        method: "PUT",
        headers: { Authorization },
        body: content,
      });
      expect(sent.status).toBe(201);
      return { path, digest, size: content.length, mode: 0o644 };
    }),
  );
  const headers = { Authorization, Accept: "application/x-ndjson" };
  const body = JSON.stringify({ files });
  const deployed = await fetch(`${url}/v1/agents/talker/deployments`, { method: "POST", headers, body });
  expect(await deployed.text()).toContain('"event":"deployed"');
}

test("logs of a deployed agent are read by run, followed, and outlive the server", async () => {
  await using folder = await tempFolder(FILES);
  const data = `${folder.path}/.data`;
  const start = () =>
    startProcess([PROGRAM, "server", "--data", data, "--port", "0", "--isolation", "none", "--json"], {
      cwd: folder.path,
    });
  await using first = start();
  const { url, login_code: code } = JSON.parse(await first.line(() => true, READY_MS));
  const login = await fetch(`${url}/v1/login`, { method: "POST", body: JSON.stringify({ code }) });
  const { key } = await login.json();
  await deploy({ url, key });
  const call = (word: string): Promise<Response> =>
    fetch(`${url}/v1/run/talker`, {
      ...{ method: "POST", headers: { Authorization: `Bearer ${key}` } },
      body: JSON.stringify({ word }),
    });
  const run = (await call("hello")).headers.get("runagent-run-id") ?? "";
  await call("goodbye");
  const logs = (...words: string[]): Promise<Ended> =>
    runagent(["logs", ...words], { cwd: folder.path, env: { RUNAGENT_URL: url, RUNAGENT_API_KEY: key } });
  const all = await logs("talker", "--since", "1h");
  expect(all.stdout).toMatch(/imported.*they said hello.*they said goodbye/s);
  const one = await logs("--run", run, "--json");
  expect(JSON.parse(one.stdout)).toMatchObject({ run, version: "v1", message: "they said hello", stream: "stdout" });
  expect((await logs("talker", "--build", "v9")).stdout).toBe("");
  expect((await logs("talker", "--since", "soon")).code).toBe(3);
  expect((await logs("nobody")).code).toBe(3);

  const env = { PATH: process.env.PATH, RUNAGENT_URL: url, RUNAGENT_API_KEY: key };
  await using following = startProcess([PROGRAM, "logs", "talker", "--follow"], { cwd: folder.path, env });
  await following.line((line) => line.includes("goodbye"), READY_MS);
  await call("once more");
  await following.line((line) => line.includes("they said once more"), READY_MS);
  first.signal("SIGINT");
  await first.ended;

  await using second = start();
  const again = JSON.parse(await second.line(() => true, READY_MS));
  const kept = await runagent(["logs", "talker", "--run", run], {
    ...{ cwd: folder.path, env: { RUNAGENT_URL: again.url, RUNAGENT_API_KEY: key } },
  });
  expect(kept.stdout).toMatch(/they said hello\n$/);
});

test("in serve they are those of the newest run, or of the one that is named", async () => {
  await using folder = await tempFolder(FILES);
  const home = `${folder.path}/.home`;
  await using served = startServe(folder.path, { home });
  const { url } = JSON.parse(await served.line((line) => line.includes('"ready"'), READY_MS));
  const say = (word: string): Promise<Response> =>
    fetch(`${url}/v1/run/talker`, { method: "POST", body: JSON.stringify({ word }) });
  const run = (await say("hello")).headers.get("runagent-run-id") ?? "";
  await say("goodbye");
  const logs = (...words: string[]): Promise<Ended> =>
    runagent(["logs", ...words], { cwd: folder.path, env: { RUNAGENT_URL: url } });
  expect((await logs()).stdout).toMatch(/^\S+ they said goodbye\n$/);
  expect((await logs("--run", run)).stdout).toMatch(/^\S+ they said hello\n$/);
  const refused = await logs("--since", "10m");
  expect(refused.stderr).toContain("runagent server");
  expect(refused.code).toBe(3);
});
