/** One example, served by the real command on a free port, called over HTTP. */
import { resolve } from "node:path";
import { SseDecoder } from "@runagent/protocol/sse";
import { type StartedProcess, startProcess } from "@runagent/testing";

const ROOT = resolve(import.meta.dirname, "../../../..");
const COMMAND = resolve(ROOT, "packages/cli/bin/runagent");
/** Kept between runs, so that an example's environment is built once. */
const HOME = resolve(ROOT, "node_modules/.cache/examples-home");
/** The first start may build the example's environment from the registry. */
export const START_MS = 240_000;

export interface Event {
  readonly n: number;
  readonly type: string;
  readonly data: unknown;
}

export interface Served {
  readonly url: string;
  readonly ready: Readonly<Record<string, unknown>>;
  readonly process: StartedProcess;
  /** Status and the exact text of the answer. */
  call(
    path: string,
    input: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; text: string }>;
  /** The output of a call that must succeed. */
  output(path: string, input: unknown, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  /** All events of a streamed call. */
  events(path: string, input: unknown, headers?: Readonly<Record<string, string>>): Promise<Event[]>;
  /** Ctrl-C; resolves with the exit code. */
  stop(): Promise<number>;
}

/** `FRAMEWORK_FOLDER`: a copy of it that asks for another version of its framework. */
export const exampleFolder = (name: string): string =>
  globalThis.process.env.FRAMEWORK_FOLDER ?? resolve(ROOT, "examples", name);

export const serveExample = (name: string): Promise<Served> => serveFolder(exampleFolder(name));

/** `env`: laid over this process's own. */
export async function serveFolder(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const python = globalThis.process.env.FRAMEWORK_PYTHON;
  const chosen = python === undefined ? [] : ["--python", python];
  const process = startProcess([COMMAND, "serve", folder, "--port", "0", "--json", ...chosen], {
    env: { ...environment(), ...env },
  });
  const first = await process
    .line(() => true, START_MS)
    .catch(async (error: unknown) => {
      await process.close();
      throw error;
    });
  const ready: Record<string, unknown> = JSON.parse(first);
  if (ready.event !== "ready") {
    await process.close();
    throw new Error(`not ready: ${first}\n${process.output.stderr}`);
  }
  const url = String(ready.url);
  const send = (path: string, input: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${url.replace(/\/$/, "")}/v1/run/${path}`, { method: "POST", body: JSON.stringify(input), headers });
  const call: Served["call"] = async (path, input, headers) => {
    const response = await send(path, input, headers);
    return { status: response.status, text: await response.text() };
  };
  return {
    url,
    ready,
    process,
    call,
    async output(path, input, headers) {
      const { status, text } = await call(path, input, headers);
      if (status !== 200) throw new Error(`${status}: ${text}\n${process.output.stdout}${process.output.stderr}`);
      return JSON.parse(text);
    },
    async events(path, input, headers = {}) {
      const response = await send(path, input, { ...headers, accept: "text/event-stream" });
      const messages = new SseDecoder().push(await response.text());
      return messages.map((one) => ({ n: Number(one.id), type: one.event, data: JSON.parse(one.data) }));
    },
    async stop() {
      process.signal("SIGINT");
      const code = await process.ended;
      await process.close();
      return code;
    },
  };
}

/** No virtual environment of the machine: an example brings what it needs. */
function environment(): Record<string, string | undefined> {
  const { VIRTUAL_ENV: _active, CONDA_PREFIX: _conda, ...rest } = process.env;
  return { ...rest, RUNAGENT_HOME: HOME };
}

/** The text that a person reads of a stream. */
export function textOf(events: readonly Event[]): string {
  const deltas = events.filter((one) => one.type === "text").map((one) => Reflect.get(Object(one.data), "delta"));
  return deltas.join("");
}

/** The data of the events of one type. */
export const dataOf = (events: readonly Event[], type: string): unknown[] =>
  events.filter((one) => one.type === type).map((one) => one.data);
