/** Calls of one agent: wait for the output, read events, leave it in the background, or many at once. */
import type { AgentView, Batch, Run } from "@runagent/protocol/run";
import { BatchHandle } from "./batch-handle.ts";
import type { StreamEventType } from "./event-types.ts";
import { jsonText } from "./raw-json.ts";
import { RunHandle } from "./run-handle.ts";
import { RunStream } from "./run-stream.ts";
import { RunWaiting } from "./run-waiting.ts";
import type { Call, Transport } from "./transport.ts";

export interface RunOptions {
  /** The entrypoint; left out: the agent's default. */
  readonly tag?: string;
  readonly session?: string;
  /** Whom the run is for; needs a key with scope `act-as`. */
  readonly user?: string;
  /** Seconds, queue included; never above the agent's own. */
  readonly timeout?: number;
  /** The same key again gives the same answer. Makes the run durable. */
  readonly idempotencyKey?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** `v7`; left out: the live one. */
  readonly version?: string;
  /** Ends the waiting, and with it a run that is not durable. */
  readonly signal?: AbortSignal;
}

export interface StreamOptions extends RunOptions {
  /** Only these, and always the end. With `log`, what the agent prints too. */
  readonly types?: readonly StreamEventType[];
}

export interface BatchOptions {
  readonly tag?: string;
  /** How many run at once. */
  readonly concurrency?: number;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** An answer with its output as JSON text, every digit as the agent wrote it. */
export interface TextAnswer {
  readonly runId: string;
  readonly version: string;
  readonly text: string;
}

export class AgentClient {
  readonly name: string;
  readonly #transport: Transport;
  readonly #timeout: number | undefined;

  constructor(transport: Transport, name: string, timeout: number | undefined) {
    this.#transport = transport;
    this.name = name;
    this.#timeout = timeout;
  }

  /**
   * Waits for the output. Of an entrypoint that streams: `{chunks, output}`. Throws RunAgentError, ConnectionError,
   * RunWaiting when a person has to answer first, or the signal's reason.
   */
  async run(input: unknown = {}, options: RunOptions = {}): Promise<unknown> {
    return JSON.parse((await this.runText(input, options)).text);
  }

  /** The same with the output as JSON text. */
  async runText(input: unknown = {}, options: RunOptions = {}): Promise<TextAnswer> {
    const { response, text } = await this.#transport.text(this.#call(input, options));
    const head = (name: string): string => response.headers.get(name) ?? "";
    const answer = { runId: head("runagent-run-id"), version: head("runagent-version"), text };
    if (response.status !== 202) return answer;
    // Accepted, not answered: the entrypoint's `delivery` is background, or a person has to answer.
    const run: Run = JSON.parse(text);
    const handle = new RunHandle(this.#transport, run.id);
    if (run.status === "waiting") throw new RunWaiting(handle, run);
    return { ...answer, text: await handle.waitText(options) };
  }

  /** Begins at once; iterate for the events, `.text()` for what a person reads, `.output` for the end. */
  stream(input: unknown = {}, options: StreamOptions = {}): RunStream {
    const { types } = options;
    const call = this.#call(input, options);
    const headers = { ...call.headers, accept: "text/event-stream" };
    return new RunStream({
      transport: this.#transport,
      opened: this.#transport.send({ ...call, headers, query: { types } }),
      types,
      signal: options.signal,
      durable: options.session !== undefined || options.idempotencyKey !== undefined,
    });
  }

  /** Accepted, and on its own from then on. */
  async background(input: unknown = {}, options: RunOptions = {}): Promise<RunHandle> {
    const call = this.#call(input, options, { background: true });
    const run = await this.#transport.json<Run>(call);
    return new RunHandle(this.#transport, run.id);
  }

  /** One run per item. */
  async batch(items: readonly unknown[], options: BatchOptions = {}): Promise<BatchHandle> {
    const head = JSON.stringify({ agent: this.name, tag: options.tag, concurrency: options.concurrency });
    const call: Call = {
      method: "POST",
      path: "v1/batches",
      body: withMember(head, "items", `[${items.map(jsonText).join(",")}]`),
      headers: idempotency(options.idempotencyKey),
      signal: options.signal,
    };
    return new BatchHandle(this.#transport, (await this.#transport.json<Batch>(call)).id);
  }

  /** What it can do: its entrypoints with their schemas. */
  describe(options: { readonly signal?: AbortSignal } = {}): Promise<AgentView> {
    const path = `v1/agents/${encodeURIComponent(this.name)}`;
    return this.#transport.json<AgentView>({ method: "GET", path, signal: options.signal });
  }

  #call(input: unknown, options: RunOptions, more: { readonly background?: true } = {}): Call {
    const { tag, session, user, metadata, version } = options;
    const timeout = options.timeout ?? this.#timeout;
    const head = JSON.stringify({ agent: this.name, tag, session, user, timeout, metadata, version, ...more });
    return {
      method: "POST",
      path: "v1/runs",
      body: withMember(head, "input", jsonText(input)),
      headers: idempotency(options.idempotencyKey),
      signal: options.signal,
    };
  }
}

/** A non-empty object's text with one more member whose value is text already. */
const withMember = (object: string, name: string, value: string): string =>
  `${object.slice(0, -1)},${JSON.stringify(name)}:${value}}`;

const idempotency = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { "idempotency-key": key };
