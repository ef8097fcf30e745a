/**
 * Follows a guide as a person would: in an empty folder, with `runagent` on the PATH and a model behind
 * `OPENAI_BASE_URL`. Ports, the code for `login` and our own packages are others here than in the text. Who starts a server
 * has a home and a data directory of their own.
 */
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { freePort, type StartedProcess, startProcess, startStubModel, tempFolder } from "@runagent/testing";
import type { Step } from "./markdown.ts";

const REPOSITORY = resolve(import.meta.dirname, "../../../..");
const EXAMPLES_HOME = join(REPOSITORY, "node_modules/.cache/examples-home");
const SERVE_MS = 240_000;
const COMMAND_MS = 240_000;
const WRITTEN_PORTS = /\b84[56]0\b/g;
const WRITTEN_CODE = "K7Q2M-XW4TN";
const STARTS_SERVER = /^runagent server(?= --|$)/;
const exec = promisify(execFile);

/** Throws at the first step that does not do what the guide says, with its line. */
export async function follow(steps: readonly Step[]): Promise<void> {
  await using folder = await tempFolder();
  await using model = await startStubModel();
  const hasServer = steps.some((step) => step.kind === "command" && STARTS_SERVER.test(step.command));
  const home = hasServer ? join(folder.path, ".home") : EXAMPLES_HOME;
  const reader = new Reader({ folder: folder.path, home, port: String(await freePort()), model: model.url });
  try {
    for (const step of steps) {
      if (step.kind === "file") await folder.write(join(reader.below, step.name), step.text);
      else await reader.type(step);
    }
  } finally {
    await reader.close();
  }
}

interface Surroundings {
  readonly folder: string;
  readonly home: string;
  readonly port: string;
  readonly model: string;
}

class Reader {
  /** Where the reader stands, from the first folder. */
  below = "";
  #served: StartedProcess | null = null;
  #code = WRITTEN_CODE;
  readonly #folder: string;
  readonly #port: string;
  readonly #env: Record<string, string | undefined>;

  constructor({ folder, home, port, model }: Surroundings) {
    this.#folder = folder;
    this.#port = port;
    const { VIRTUAL_ENV: _active, ...env } = process.env;
    const bin = join(REPOSITORY, "packages/cli/bin");
    this.#env = {
      ...env,
      ...{ PATH: `${bin}:${env.PATH}`, RUNAGENT_HOME: home, RUNAGENT_DATA: join(folder, ".data") },
      ...{ OPENAI_BASE_URL: model, OPENAI_API_BASE: model, OPENAI_API_KEY: "unused" },
      ...{ OPENAI_AGENTS_DISABLE_TRACING: "1" },
    };
  }

  async type(step: Step & { kind: "command" }): Promise<void> {
    const [, entered] = /^cd (\S+)$/.exec(step.command) ?? [];
    if (entered !== undefined) {
      this.below = join(this.below, entered);
      return;
    }
    const command = step.command
      .replaceAll(WRITTEN_PORTS, this.#port)
      .replaceAll(WRITTEN_CODE, this.#code)
      .replace(/^npm install @runagent\/sdk\b/, `npm install ${join(REPOSITORY, "packages/sdk")}`);
    const printed = await this.#start(command);
    const expected = step.prints.map((one) => one.replaceAll(WRITTEN_PORTS, this.#port).replaceAll(WRITTEN_CODE, "…"));
    const missing = firstMissing(expected, printed);
    if (missing !== null) {
      throw new Error(`line ${step.line}: \`${step.command}\` did not print\n  ${missing}\nbut\n${printed}`);
    }
  }

  async close(): Promise<void> {
    await this.#served?.close();
  }

  async #start(command: string): Promise<string> {
    if (command.startsWith("runagent serve ") || command === "runagent serve") {
      return this.#serve(command, " is served on ");
    }
    if (!STARTS_SERVER.test(command)) return this.#run(command);
    const said = await this.#serve(command, "The RunAgent server is on ");
    this.#code = /--code (\S+)/.exec(said)?.[1] ?? WRITTEN_CODE;
    return said;
  }

  async #serve(command: string, ready: string): Promise<string> {
    await this.close();
    const argv = ["bash", "-c", `exec ${command} --port ${this.#port}`];
    this.#served = startProcess(argv, { cwd: join(this.#folder, this.below), env: this.#env });
    await this.#served.line((line) => line.includes(ready), SERVE_MS);
    // The lines that follow it are printed together with it.
    await this.#served.line((line) => line === "", SERVE_MS);
    return this.#served.output.stdout + this.#served.output.stderr;
  }

  async #run(command: string): Promise<string> {
    const cwd = join(this.#folder, this.below);
    const options = { cwd, env: this.#env, timeout: COMMAND_MS, maxBuffer: 16 * 1024 * 1024 };
    const { stdout, stderr } = await exec("bash", ["-c", command], options).catch((error: unknown) => ({
      stdout: String(Reflect.get(Object(error), "stdout")),
      stderr: `${Reflect.get(Object(error), "stderr")}`,
    }));
    return `${stdout}\n${stderr}`;
  }
}

/** The first line that is not there, after those before it. */
function firstMissing(expected: readonly string[], printed: string): string | null {
  const lines = printed.split("\n").map((line) => line.trim());
  let from = 0;
  for (const one of expected) {
    const pattern = new RegExp(`^${one.split("…").map(escaped).join(".*")}$`);
    const found = lines.findIndex((line, index) => index >= from && pattern.test(line));
    if (found === -1) return one;
    from = found + 1;
  }
  return null;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
