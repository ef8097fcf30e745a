/** A real server with a data directory of its own, an owner who is logged in, and the command line beside it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { RunAgent } from "@runagent/sdk";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { type Ended, PROGRAM, runagent } from "../command-line.ts";

/** A container's file system and the first environment may have to be built. */
export const BUILD_MS = 240_000;
export const CONTAINERS =
  process.getuid?.() === 0 && ["/usr/sbin/runc", "/usr/bin/runc"].some((path) => existsSync(path));

/** Kept between runs by the tests of sandboxes: the file system is built once. */
const BASES = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home/bases");

export interface Platform {
  readonly folder: TemporaryFolder;
  readonly data: string;
  readonly url: string;
  readonly key: string;
  readonly client: RunAgent;
  readonly server: StartedProcess;
  /** A command of the owner; in the folder, unless it says otherwise. */
  run(words: readonly string[], cwd?: string): Promise<Ended>;
  /** Its JSON, when it ended with 0. */
  json(words: readonly string[], cwd?: string): Promise<Record<string, unknown>>;
  /** Ends the server with the signal, and starts it again on the same data. */
  again(signal: "SIGTERM" | "SIGKILL", options?: readonly string[]): Promise<Platform>;
  close(): Promise<void>;
}

export interface Starting {
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPlatform({ options = ["--isolation", "none"], env = {} }: Starting = {}): Promise<Platform> {
  const folder = await tempFolder({});
  const data = join(folder.path, "data");
  if (!options.includes("none")) linkBases(data);
  const { server, ready } = await serverOn(data, { options, env });
  const code = String(ready.login_code);
  const { key } = await new RunAgent({ url: String(ready.url) }).access.login(code);
  return platform({ folder, data, server, url: String(ready.url), key, options, env });
}

/** Hard links: a runtime takes no path with a symbolic link in it. */
function linkBases(data: string): void {
  if (!existsSync(BASES)) return;
  mkdirSync(data, { mode: 0o700 });
  execFileSync("sh", ["-c", 'cp -al "$0" "$1" 2>&- || cp -a "$0" "$1"', BASES, data]);
}

async function serverOn(data: string, { options = [], env = {} }: Starting) {
  const server = startProcess([PROGRAM, "server", "--data", data, "--port", "0", "--json", ...options], {
    env: { ...process.env, ...env },
  });
  const ready: Record<string, unknown> = JSON.parse(await server.line(() => true, BUILD_MS));
  if (ready.event !== "ready") throw new Error(`not ready: ${JSON.stringify(ready)} ${server.output.stderr}`);
  return { server, ready };
}

interface Made extends Required<Starting> {
  readonly folder: TemporaryFolder;
  readonly data: string;
  readonly server: StartedProcess;
  readonly url: string;
  readonly key: string;
}

function platform(made: Made): Platform {
  const { folder, data, server, url, key } = made;
  const run = (words: readonly string[], cwd = folder.path): Promise<Ended> =>
    runagent(words, { cwd, env: { RUNAGENT_URL: url, RUNAGENT_API_KEY: key } });
  return {
    ...{ folder, data, server, url, key, run },
    client: new RunAgent({ url, apiKey: key }),
    async json(words, cwd) {
      const { code, stdout, stderr } = await run([...words, "--json"], cwd);
      if (code !== 0) throw new Error(`${words.join(" ")}: exit ${code}\n${stdout}${stderr}`);
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    },
    async again(signal, options = made.options) {
      server.signal(signal);
      await server.ended;
      const next = await serverOn(data, { options, env: made.env });
      return platform({ ...made, options, server: next.server, url: String(next.ready.url) });
    },
    async close() {
      server.signal("SIGINT"); // everything that it started ends with it
      await server.ended;
      await folder.close();
    },
  };
}

/** A folder with an agent whose answers name its release. */
export const agentFiles = (release: string, more: Readonly<Record<string, string>> = {}) => ({
  "runagent.config.json": JSON.stringify({
    agent_name: "greeter",
    agent_architecture: {
      entrypoints: [
        { file: "agent.py", module: "greet" },
        { file: "agent.py", module: "count", type: "generic_stream" },
      ],
    },
    ...more,
  }),
  "agent.py": `
import os, time

def greet(name: str = "you"):
    return {"release": ${JSON.stringify(release)}, "name": name, "pid": os.getpid(), "token": os.environ.get("TOKEN")}

def count(to: int):
    for i in range(to):
        yield str(i)
        time.sleep(0.01)
`,
});
