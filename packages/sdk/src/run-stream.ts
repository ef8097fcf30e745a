/**
 * A run whose events are read as they come. It begins at once; its events are read once, by one reader. Leaving before
 * the end, or an abort, cancels a direct run; a durable one goes on. A lost connection is found again.
 */
import { isEnd } from "@runagent/protocol/events";
import { DEFAULT_LIMITS } from "@runagent/protocol/limits";
import { followEvents } from "./event-source.ts";
import type { StreamEvent, StreamEventType } from "./event-types.ts";
import { outputOf, RunHandle } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

export interface StreamStart {
  readonly transport: Transport;
  /** The answer to the call: its head names the run. */
  readonly opened: Promise<Response>;
  readonly types: readonly StreamEventType[] | undefined;
  readonly signal: AbortSignal | undefined;
  readonly durable: boolean;
}

export class RunStream implements AsyncIterable<StreamEvent> {
  /** The run's id, as soon as the server has accepted it. */
  readonly id: Promise<string>;
  readonly #start: StreamStart;
  readonly #output = deferred<string>();
  #read = false;

  constructor(start: StreamStart) {
    this.#start = start;
    this.id = start.opened.then((response) => response.headers.get("runagent-run-id") ?? "");
    // Whoever asks for them gets the rejection; nobody has to ask for both.
    this.id.catch(() => undefined);
    this.#output.promise.catch(() => undefined);
  }

  /** The output, when the run has ended; reads the events itself if nobody else does. Throws as `RunHandle.wait`. */
  get output(): Promise<unknown> {
    // A reader that is named in the same breath comes first.
    queueMicrotask(() => {
      if (!this.#read) drain(this.#events());
    });
    return this.#output.promise.then((text) => JSON.parse(text));
  }

  /** Only what a person reads. */
  async *text(): AsyncGenerator<string, void, undefined> {
    for await (const event of this) if (event.type === "text") yield event.data.delta;
  }

  /** Asks the run to stop; the reader then sees it end. */
  async cancel(reason?: string): Promise<void> {
    await new RunHandle(this.#start.transport, await this.id).cancel(reason);
  }

  /** Throws the run's own error after its `error` event was given, RUN_CANCELLED after `cancelled`. */
  [Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void, undefined> {
    if (this.#read) throw new TypeError("The events of this run are being read already; `output` reads them too");
    return this.#events();
  }

  #events(): AsyncGenerator<StreamEvent, void, undefined> {
    this.#read = true;
    return this.#follow();
  }

  async *#follow(): AsyncGenerator<StreamEvent, void, undefined> {
    const { transport, types, signal } = this.#start;
    let ended = false;
    try {
      const first = await this.#start.opened;
      const runId = await this.id;
      for await (const event of followEvents({ transport, runId, first, after: 0, types, signal })) {
        ended = event.type !== "log" && isEnd(event.type);
        yield event;
        const output = outputOf(event);
        if (output !== undefined) this.#output.resolve(output);
      }
    } catch (error) {
      this.#output.reject(error);
      throw error;
    } finally {
      this.#output.reject(new DOMException("Its events were not read to the end", "AbortError"));
      if (!ended) await this.#leave();
    }
  }

  /** Nobody reads on: a direct run has nobody left to work for. Without this the server notices after its grace. */
  async #leave(): Promise<void> {
    if (this.#start.durable) return;
    try {
      const run = new RunHandle(this.#start.transport, await this.id);
      await run.cancel("the reader left", { signal: AbortSignal.timeout(DEFAULT_LIMITS.cancel_time) });
    } catch {
      // The server cancels it by itself when it notices that nobody reads.
    }
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
} {
  let settle: [(value: T) => void, (reason: unknown) => void] | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = [resolve, reject];
  });
  return { promise, resolve: (value) => settle?.[0](value), reject: (reason) => settle?.[1](reason) };
}

function drain(events: AsyncGenerator<unknown, void, undefined>): void {
  const read = async (): Promise<void> => {
    for await (const _ of events);
  };
  read().catch(() => undefined); // `output` has the error
}
