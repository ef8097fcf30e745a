/** The server's side of the channel for tests: starts a real worker process over a real Unix socket. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AgentSpec,
  DEFAULT_LIMITS,
  type Description,
  encodeFrame,
  FrameDecoder,
  type FrameKind,
  type InvokeBody,
  type WorkerError,
  type WorkerHello,
} from "@runagent/protocol";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** A frame with its body as text; the decoder's own body is only a view. */
export interface Told {
  readonly kind: FrameKind;
  readonly call: number;
  readonly body: string;
}

export interface Ended {
  readonly frames: readonly Told[];
  readonly events: readonly (readonly [string, unknown])[];
  readonly logs: readonly { readonly level: string; readonly stream: string; readonly message: string }[];
  readonly word: string | null;
  /** JSON text of the output. */
  readonly json: string | null;
  readonly error: WorkerError | null;
  readonly last: Told;
}

const ENDS: readonly FrameKind[] = ["result", "error", "interrupt"];

export class TestServer {
  readonly #server: Server;
  readonly #directory: string;
  readonly child: ChildProcess;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly told: Told[] = [];
  #socket: Socket | null = null;
  #listeners = new Set<() => void>();
  #calls = 0;

  private constructor(server: Server, directory: string, orphanSeconds: number) {
    this.#server = server;
    this.#directory = directory;
    this.child = spawn(process.execPath, [MAIN], {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        RUNAGENT_SOCKET: join(directory, "s"),
        RUNAGENT_WORKER: "w1",
        RUNAGENT_TOKEN: "t1",
        RUNAGENT_ROLE: "process",
        RUNAGENT_ORPHAN_SECONDS: String(orphanSeconds),
      },
    });
    this.exited = once(this.child, "exit").then(([code, signal]) => ({ code, signal }));
    server.on("connection", (socket) => this.#accept(socket));
  }

  static async start(orphanSeconds = 0): Promise<TestServer> {
    const directory = await mkdtemp(join(tmpdir(), "ra-"));
    const server = createServer();
    server.listen(join(directory, "s"));
    await once(server, "listening");
    return new TestServer(server, directory, orphanSeconds);
  }

  #accept(socket: Socket): void {
    const decoder = new FrameDecoder(DEFAULT_LIMITS.frame);
    this.#socket = socket;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      for (const { kind, call, body } of decoder.push(bytes)) this.told.push({ kind, call, body: body.toString() });
      for (const listener of this.#listeners) listener();
    });
  }

  send(kind: FrameKind, call: number, body: unknown): void {
    this.#socket?.write(encodeFrame(kind, call, body === "" ? "" : JSON.stringify(body)));
  }

  /** Cuts the connection; the worker may come again. */
  cut(): void {
    this.#socket?.destroy();
  }

  /** The first frame that fits, when it is there. */
  async frame(fits: (told: Told) => boolean, from = 0): Promise<Told> {
    for (let at = from; ; ) {
      for (; at < this.told.length; at += 1) {
        const told = this.told[at];
        if (told !== undefined && fits(told)) return told;
      }
      if (this.child.exitCode !== null) throw new Error(`the worker exited with ${this.child.exitCode}`);
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
    }
  }

  async hello(from = 0): Promise<WorkerHello> {
    return JSON.parse((await this.frame((told) => told.kind === "hello", from)).body);
  }

  /** Says hello with the agent; gives the description, or the error of the load. */
  async load(spec: AgentSpec): Promise<{ description: Description | null; error: WorkerError | null }> {
    await this.hello();
    this.send("hello", 0, { protocol: 1, agent: spec, resume: [] });
    const told = await this.frame(({ kind, call }) => call === 0 && (kind === "describe" || kind === "error"));
    const body = JSON.parse(told.body);
    return told.kind === "describe" ? { description: body, error: null } : { description: null, error: body };
  }

  /** Sends an invocation and gives its call. `inputText` is the caller's own JSON. */
  invoke(tag: string, input: unknown, more: Partial<InvokeBody> & { readonly inputText?: string } = {}): number {
    this.#calls += 1;
    const { inputText, ...rest } = more;
    const head = {
      run_id: `run_${this.#calls}`,
      tag,
      attempt: 1,
      stream: false,
      durable: false,
      deadline: Date.now() + 60_000,
      session_id: null,
      session: null,
      user: null,
      traceparent: null,
      ...rest,
    };
    const text = `${JSON.stringify(head).slice(0, -1)},"input":${inputText ?? JSON.stringify(input)}}`;
    this.#socket?.write(encodeFrame("invoke", this.#calls, text));
    return this.#calls;
  }

  async end(call: number): Promise<Ended> {
    const last = await this.frame((told) => told.call === call && ENDS.includes(told.kind));
    const frames = this.told.filter((told) => told.call === call);
    const result = last.kind === "result" ? split(last.body) : null;
    return {
      frames,
      last,
      events: frames.filter(({ kind }) => kind === "event").map(({ body }) => eventOf(body)),
      logs: frames.filter(({ kind }) => kind === "log").map(({ body }) => JSON.parse(body)),
      word: result?.word ?? null,
      json: result?.json ?? null,
      error: last.kind === "error" ? JSON.parse(last.body) : null,
    };
  }

  call(tag: string, input: unknown, more: Parameters<TestServer["invoke"]>[2] = {}): Promise<Ended> {
    return this.end(this.invoke(tag, input, more));
  }

  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.exited;
    this.#socket?.destroy();
    this.#server.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function eventOf(body: string): readonly [string, unknown] {
  const { word, json } = split(body);
  return [word, JSON.parse(json)];
}

function split(body: string): { readonly word: string; readonly json: string } {
  const at = body.indexOf("\n");
  return { word: body.slice(0, at), json: body.slice(at + 1) };
}

/** An agent of one folder; entrypoints as `tag: "file:module"`, or with more. */
export function agentSpec(
  root: string,
  entrypoints: Readonly<Record<string, string | Partial<AgentSpec["entrypoints"][number]>>>,
  more: Partial<AgentSpec> = {},
): AgentSpec {
  return {
    name: "test",
    root,
    entrypoints: Object.entries(entrypoints).map(([tag, one]) => {
      if (typeof one !== "string") return { tag, file: "agent.ts", module: tag, ...one };
      const [file = "", module = ""] = one.includes(":") ? one.split(":") : ["agent.ts", one];
      return { tag, file, module };
    }),
    lifespan: null,
    concurrency: null,
    secrets: [],
    limits: {
      event: DEFAULT_LIMITS.event,
      output: DEFAULT_LIMITS.output,
      log_line: DEFAULT_LIMITS.log_line,
      logs_per_run: DEFAULT_LIMITS.logs_per_run,
      channel_held: DEFAULT_LIMITS.channel_held,
      session_bytes: DEFAULT_LIMITS.session_bytes,
    },
    stop_grace_ms: 2000,
    probe_ms: 5000,
    ...more,
  };
}
