/**
 * Follows a guide as a person would: in an empty folder, with `runagent` on the PATH and a model behind
 * `OPENAI_BASE_URL`. The port of the text is another one here, and our own packages come from the sources.
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
const WRITTEN_PORT = "8450";
const exec = promisify(execFile);

/** Throws at the first step that does not do what the guide says, with its line. */
export async function follow(steps: readonly Step[]): Promise<void> {
  await using folder = await tempFolder();
  await using model = await startStubModel();
  const reader = new Reader(folder.path, String(await freePort()), model.url);
  try {
    for (const step of steps) {
      if (step.kind === "file") await folder.write(join(reader.below, step.name), step.text);
      else await reader.type(step);
    }
  } finally {
    await reader.close();
  }
}

class Reader {
  /** Where the reader stands, from the first folder. */
  below = "";
  #served: StartedProcess | null = null;
  readonly #folder: string;
  readonly #port: string;
  readonly #env: Record<string, string | undefined>;

  constructor(folder: string, port: string, model: string) {
    this.#folder = folder;
    this.#port = port;
    const { VIRTUAL_ENV: _active, ...env } = process.env;
    const bin = join(REPOSITORY, "packages/cli/bin");
    this.#env = {
      ...env,
      ...{ PATH: `${bin}:${env.PATH}`, RUNAGENT_HOME: EXAMPLES_HOME },
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
      .replaceAll(WRITTEN_PORT, this.#port)
      .replace(/^npm install @runagent\/sdk\b/, `npm install ${join(REPOSITORY, "packages/sdk")}`);
    const said = command.startsWith("runagent serve") ? await this.#serve(command) : await this.#run(command);
    const printed = said.replaceAll(this.#port, WRITTEN_PORT);
    const missing = firstMissing(step.prints, printed);
    if (missing !== null) {
      throw new Error(`line ${step.line}: \`${step.command}\` did not print\n  ${missing}\nbut\n${printed}`);
    }
  }

  async close(): Promise<void> {
    await this.#served?.close();
  }

  async #serve(command: string): Promise<string> {
    await this.close();
    const argv = ["bash", "-c", `exec ${command} --port ${this.#port}`];
    this.#served = startProcess(argv, { cwd: join(this.#folder, this.below), env: this.#env });
    await this.#served.line((line) => line.includes(" is served on "), SERVE_MS);
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
