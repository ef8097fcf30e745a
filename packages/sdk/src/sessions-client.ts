/** The sessions of one agent: conversations whose state is kept across runs. */
import type { Page } from "@runagent/protocol/run";
import { eachItem } from "./pages.ts";
import type { Waiting } from "./run-handle.ts";
import type { Transport } from "./transport.ts";

export interface Session {
  readonly id: string;
  readonly agent: string;
  readonly user: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly runs: number;
}

export interface SessionState extends Session {
  readonly state: unknown;
}

export interface Fork extends Waiting {
  /** Of the new session; left out: a new one. */
  readonly to?: string;
  /** The run after which the state is taken; left out: now. */
  readonly at?: string;
}

export class SessionsClient {
  readonly #transport: Transport;
  readonly #agent: string;

  constructor(transport: Transport, agent: string) {
    this.#transport = transport;
    this.#agent = agent;
  }

  list(options: Waiting = {}): AsyncGenerator<Session, void, undefined> {
    const path = this.#path();
    return eachItem((cursor) =>
      this.#transport.json<Page<Session>>({ method: "GET", path, query: { cursor }, signal: options.signal }),
    );
  }

  get(id: string, options: Waiting = {}): Promise<SessionState> {
    return this.#transport.json<SessionState>({ method: "GET", path: this.#path(id), signal: options.signal });
  }

  async delete(id: string, options: Waiting = {}): Promise<void> {
    await this.#transport.text({ method: "DELETE", path: this.#path(id), signal: options.signal });
  }

  /** A copy that goes its own way. */
  fork(id: string, options: Fork = {}): Promise<Session> {
    const body = JSON.stringify({ id: options.to, at: options.at });
    const path = `${this.#path(id)}/fork`;
    return this.#transport.json<Session>({ method: "POST", path, body, signal: options.signal });
  }

  #path(id?: string): string {
    const sessions = `v1/agents/${encodeURIComponent(this.#agent)}/sessions`;
    return id === undefined ? sessions : `${sessions}/${encodeURIComponent(id)}`;
  }
}
