/** `serve --sandbox`: the same day, in a container. Without root and a runtime only the refusal can be tried. */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runagent } from "../command-line.ts";

const COMMAND = resolve(import.meta.dirname, "../../bin/runagent");
/** Kept between runs: the file system and the environments in it are built once. */
const HOME = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home");
const BUILD_MS = 240_000;
const ROOT = process.getuid?.() === 0;
const CAN = ROOT && ["/usr/sbin/runc", "/usr/bin/runc"].some((path) => existsSync(path));
const ENTRY = { file: "agent.py", module: "who" };
const AGENT = `
import os
import humanize

def who():
    return {"uid": os.getuid(), "host": os.path.exists(${JSON.stringify(import.meta.dirname)}), "shell": "SHELL_ONLY" in os.environ}

def note(text: str):
    with open("notes.txt", "a") as file:
        file.write(text)
    return humanize.intcomma(len(text) * 1000)
`;

const TYPESCRIPT = `
import { existsSync } from "node:fs";
import isNumber from "is-number";

export const who = () => ({
  uid: process.getuid?.(),
  number: isNumber("5"),
  cwd: process.cwd(),
  host: existsSync(${JSON.stringify(import.meta.dirname)}),
  source: import.meta.url,
});
export function fails(): void {
  throw new Error("on purpose");
}
`;

describe.runIf(CAN)("serve --sandbox", () => {
  let folder: TemporaryFolder;
  let served: StartedProcess;
  let url: string;
  beforeAll(async () => {
    const agent_architecture = { entrypoints: ["who", "note"].map((module) => ({ file: "agent.py", module })) };
    folder = await tempFolder({
      "runagent.config.json": JSON.stringify({ agent_name: "confined", agent_architecture }),
      "requirements.txt": "humanize==4.12.3\n",
      "agent.py": AGENT,
    });
    served = startProcess([COMMAND, "serve", folder.path, "--sandbox", "--port", "0", "--json"], {
      env: { ...process.env, RUNAGENT_HOME: HOME, SHELL_ONLY: "1" },
    });
    const first = JSON.parse(await served.line(() => true, BUILD_MS));
    expect(first, JSON.stringify(first)).toMatchObject({ event: "ready" });
    url = first.url;
  }, BUILD_MS);
  afterAll(async () => {
    await served?.close();
    await folder?.close();
  });

  const call = async (tag: string, input: object = {}): Promise<unknown> => {
    const answer = await fetch(new URL(`/v1/run/confined/${tag}`, url), {
      method: "POST",
      body: JSON.stringify(input),
    });
    return answer.json();
  };

  test("the agent is a stranger on this machine, and `/v1/info` says which isolation it has", async () => {
    const { uid, ...rest } = Object(await call("who"));
    expect(uid).toBeGreaterThan(999_999);
    expect(rest).toEqual({ host: false, shell: false });
    expect(await (await fetch(new URL("/v1/info", url))).json()).toMatchObject({ isolation: "container" });
  });

  test("its packages are there, and what it writes is its own", async () => {
    expect(await call("note", { text: "hello" })).toBe("5,000");
    expect(existsSync(join(folder.path, "notes.txt"))).toBe(false);
  });

  test("a save is served by the next call", async () => {
    writeFileSync(join(folder.path, "agent.py"), AGENT.replace("os.getuid()", "-1"));
    expect(await call("who")).toMatchObject({ uid: -1 });
  });

  test("Ctrl-C ends it within two seconds", async () => {
    const begun = performance.now();
    served.signal("SIGINT");
    expect(await served.ended).toBe(130);
    expect(performance.now() - begun).toBeLessThan(2000);
  });
});

describe.runIf(CAN)("serve --sandbox with a TypeScript agent", () => {
  test("is bundled outside and runs inside, with its packages; its errors name its sources as it sees them", {
    timeout: BUILD_MS,
  }, async () => {
    await using folder = await tempFolder({
      "runagent.config.json": JSON.stringify({
        agent_name: "typed",
        agent_architecture: { entrypoints: ["who", "fails"].map((module) => ({ file: "src/agent.ts", module })) },
      }),
      "package.json": JSON.stringify({ private: true, type: "module", dependencies: { "is-number": "7.0.0" } }),
      "src/agent.ts": TYPESCRIPT,
    });
    await using served = startProcess([COMMAND, "serve", folder.path, "--sandbox", "--port", "0", "--json"], {
      env: { ...process.env, RUNAGENT_HOME: HOME },
    });
    const first = JSON.parse(await served.line(() => true, BUILD_MS));
    expect(first, JSON.stringify(first)).toMatchObject({ event: "ready" });
    const call = async (tag: string): Promise<Response> =>
      fetch(new URL(`/v1/run/typed/${tag}`, first.url), { method: "POST", body: "{}" });
    const { uid, ...rest } = Object(await (await call("who")).json());
    expect(uid).toBeGreaterThan(999_999);
    expect(rest).toEqual({ number: true, cwd: "/agent", host: false, source: "file:///agent/src/agent.ts" });
    expect(await (await call("fails")).json()).toMatchObject({
      code: "AGENT_ERROR",
      traceback: expect.stringContaining("/agent/src/agent.ts:"),
    });
  });
});

test.runIf(CAN)("serve --sandbox refuses an image that it would not use", async () => {
  const config = {
    agent_name: "imaged",
    runtime: { image: "./image.tar" },
    agent_architecture: { entrypoints: [ENTRY] },
  };
  await using folder = await tempFolder({ "runagent.config.json": JSON.stringify(config), "agent.py": AGENT });
  const words = ["serve", folder.path, "--sandbox", "--no-reload", "--port", "0"];
  const { code, stdout } = await runagent(words, { cwd: folder.path, env: { RUNAGENT_HOME: HOME } });
  expect(code).toBe(1);
  expect(stdout).toContain("runtime.image");
});

test.runIf(!ROOT || !CAN)("serve --sandbox says what is missing and ends with 3", async () => {
  const { code, stderr } = await runagent(["serve", "--port", "0", "--sandbox"], { cwd: import.meta.dirname });
  expect(code).toBe(3);
  expect(stderr).toMatch(/runc|root/);
});
