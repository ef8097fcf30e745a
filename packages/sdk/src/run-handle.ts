/** A run that has an id: made in the background, found in a list, or known from elsewhere. Holds no connection. */
import { RunAgentError } from "@runagent/protocol/errors";
import type { LogRecord } from "@runagent/protocol/events";
import { jsonMembers } from "@runagent/protocol/json-text";
import type { Run } from "@runagent/protocol/run";
import { followEvents } from "./event-source.ts";
import type { StreamEvent, StreamEventType } from "./event-types.ts";
import { jsonText } from "./raw-json.ts";
import type { Transport } from "./transport.ts";

export interface Waiting {
  readonly signal?: AbortSignal;
}

export interface EventsOptions extends Waiting {
  /** Number of the last event that is not wanted any more. */
  readonly after?: number;
  readonly types?: readonly StreamEventType[];
}

export class RunHandle {
  readonly id: string;
  readonly #transport: Transport;

  constructor(transport: Transport, id: string) {
    this.#transport = transport;
    this.id = id;
  }

  /** The run as it is now. */
  status(options: Waiting = {}): Promise<Run> {
    return this.#transport.json<Run>({ method: "GET", path: this.#path(), signal: options.signal });
  }

  /** Replays, then follows to the end; finds a lost connection again. Throws as a stream does. */
  events(options: EventsOptions = {}): AsyncGenerator<StreamEvent, void, undefined> {
    return followEvents({
      transport: this.#transport,
      runId: this.id,
      first: null,
      after: options.after ?? 0,
      types: options.types,
      signal: options.signal,
    });
  }

  /** The output, when the run has ended. Throws the run's own error; RUN_CANCELLED when it was cancelled. */
  async wait(options: Waiting = {}): Promise<unknown> {
    return JSON.parse(await this.waitText(options));
  }

  /** The same as JSON text, every digit as the agent wrote it. */
  async waitText(options: Waiting = {}): Promise<string> {
    for await (const event of this.events({ ...options, types: ["result"] })) {
      const output = outputOf(event);
      if (output !== undefined) return output;
    }
    throw new RunAgentError("EVENTS_GONE", "The stream ended without an ending event", { run_id: this.id });
  }

  /** Asks the run to stop and does not wait for it. */
  cancel(reason?: string, options: Waiting = {}): Promise<Run> {
    const body = JSON.stringify(reason === undefined ? {} : { reason });
    return this.#transport.json<Run>({ method: "POST", path: this.#path("cancel"), body, signal: options.signal });
  }

  /** A new run of the same input. */
  async retry(options: Waiting = {}): Promise<RunHandle> {
    const call = { method: "POST", path: this.#path("retry"), signal: options.signal } as const;
    return new RunHandle(this.#transport, (await this.#transport.json<Run>(call)).id);
  }

  /** Answers a run that waits for a person. */
  resume(value: unknown, options: Waiting = {}): Promise<Run> {
    const body = `{"value":${jsonText(value)}}`;
    return this.#transport.json<Run>({ method: "POST", path: this.#path("resume"), body, signal: options.signal });
  }

  /** What it printed and logged, so far. */
  async logs(options: Waiting = {}): Promise<readonly LogRecord[]> {
    const { text } = await this.#transport.text({ method: "GET", path: this.#path("logs"), signal: options.signal });
    const lines = text.split("\n").filter((line) => line !== "");
    return lines.map((line): LogRecord => JSON.parse(line));
  }

  #path(part?: string): string {
    const run = `v1/runs/${encodeURIComponent(this.id)}`;
    return part === undefined ? run : `${run}/${part}`;
  }
}

/** The output's JSON text, of a `result`. */
export function outputOf(event: StreamEvent): string | undefined {
  return event.type === "result" ? (jsonMembers(event.raw).get("output") ?? "null") : undefined;
}
