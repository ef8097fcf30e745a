/**
 * One `runagent serve` of a folder that a test wrote, called over HTTP. A neighbour's call goes beside every mishap: it must be
 * answered as if nothing happened. Every agent here has the entrypoint `well`, which adds one.
 */
import { SseDecoder } from "@runagent/protocol/sse";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { expect } from "vitest";
import { PROGRAM } from "../command-line.ts";

/** A machine with two cores that does other things too. */
export const READY_MS = 30_000;
const NEIGHBOUR_MS = 5_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON; undefined if it is none. */
  readonly value: unknown;
}

export interface Event {
  readonly n: number;
  readonly type: string;
  readonly data: unknown;
}

export interface Serving extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly process: StartedProcess;
  readonly folder: TemporaryFolder;
  /** A folder beside the agent's, which nobody watches. */
  readonly beside: string;
  /** `body`: text or bytes as they are, anything else as JSON. */
  call(tag: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  request(path: string, init?: RequestInit): Promise<Answer>;
  events(tag: string, body?: unknown): Promise<Event[]>;
  /** Somebody else's call, on a connection of its own. */
  neighbour(): Promise<void>;
}

export interface ServeWith {
  /** The agent's sources by file name, without the config. */
  readonly files: Readonly<Record<string, string>>;
  /** The config's entrypoints: `module`s of `file`. */
  readonly file: string;
  readonly modules: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function serveFolder(what: ServeWith): Promise<Serving> {
  const beside = await tempFolder();
  const folder = await tempFolder({ "runagent.config.json": configOf(what), ...what.files });
  const started = startServe(folder.path, { home: what.home ?? `${beside.path}/home`, env: what.env ?? {} });
  const close = async (): Promise<void> => {
    await started.close();
    await Promise.all([folder.close(), beside.close()]);
  };
  try {
    const url: string = JSON.parse(await started.line(() => true, READY_MS)).url;
    return { ...callsTo(url), process: started, folder, beside: beside.path, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function startServe(
  path: string,
  { home, env = {} }: { readonly home: string; readonly env?: Readonly<Record<string, string>> },
): StartedProcess {
  return startProcess([PROGRAM, "serve", path, "--port", "0", "--json"], {
    env: { PATH: process.env.PATH, HOME: home, RUNAGENT_HOME: home, ...env },
  });
}

export function configOf({ file, modules }: Pick<ServeWith, "file" | "modules">): string {
  const entrypoints = modules.map((one) => (typeof one === "string" ? { file, module: one } : { file, ...one }));
  return JSON.stringify({ agent_name: "luck", agent_architecture: { entrypoints } }, null, 2);
}

/** Names of the public functions of a source, in its order. */
export const functionsOf = (source: string): string[] =>
  [...source.matchAll(/^(?:export )?(?:async )?(?:def|function\*?) (\w+)/gm)].map(([, name = ""]) => name);

export function callsTo(url: string): Pick<Serving, "url" | "port" | "call" | "request" | "events" | "neighbour"> {
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await fetch(new URL(path, url), init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, value: jsonOf(text) };
  };
  const call: Serving["call"] = (tag, body = "", headers = {}) =>
    request(`/v1/run/luck/${tag}`, { method: "POST", body: bodyOf(body), headers });
  return {
    url,
    port: Number(new URL(url).port),
    request,
    call,
    async events(tag, body) {
      const { text } = await call(tag, body, { accept: "text/event-stream" });
      const messages = new SseDecoder().push(text);
      return messages.map((one) => ({ n: Number(one.id), type: one.event, data: JSON.parse(one.data) }));
    },
    async neighbour() {
      const init = { method: "POST", body: '{"n":41}', headers: { connection: "close" } };
      const signal = AbortSignal.timeout(NEIGHBOUR_MS);
      expect(await request("/v1/run/luck/well", { ...init, signal })).toMatchObject({ status: 200, text: "42" });
    },
  };
}

/** The mishap's answer, while and after which a neighbour is served. */
export async function besides(served: Pick<Serving, "neighbour">, mishap: Promise<Answer>): Promise<Answer> {
  const [answer] = await Promise.all([mishap, served.neighbour()]);
  await served.neighbour();
  return answer;
}

function bodyOf(body: unknown): BodyInit {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  return typeof body === "string" ? body : JSON.stringify(body);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A stream, or nothing: the test looks at the text.
    return undefined;
  }
}

/** A problem as every error answer must be: one of the catalogue, with what the test says. */
export function problemLike(status: number, code: string, rest: Readonly<Record<string, unknown>> = {}): unknown {
  return expect.objectContaining({
    status,
    value: expect.objectContaining({
      type: expect.stringMatching(new RegExp(`/errors/${code}$`)),
      title: expect.any(String),
      hint: expect.any(String),
      status,
      code,
      ...rest,
    }),
  });
}

export const saying = (pattern: RegExp): { readonly detail: unknown } => ({ detail: expect.stringMatching(pattern) });
