/**
 * The channel to one process over all its connections. A process that lost the connection comes back under the same name
 * and token; frames in between are the business of the receiver. At most one connection lives at a time.
 */
import type { AgentSpec, Frame, FrameKind, HeldCall, ServerHello, WorkerHello } from "@runagent/protocol";
import { WORKER_PROTOCOL } from "@runagent/protocol";
import type { Connection, ConnectionOwner } from "./connection.ts";

export interface Receiver {
  frame(frame: Frame): void;
  /** The connection is gone; the process may come back. `complete`: all that it had sent was read. */
  down(complete: boolean): void;
  /** The process came back with these runs: which go on, and after which frame. */
  resume(held: readonly HeldCall[]): ServerHello["resume"];
}

export interface LinkOptions {
  readonly name: string;
  readonly token: string;
  /** What to load; null for a fork, which has it loaded. */
  readonly agent: AgentSpec | null;
  /** The process said its first hello to an earlier server. */
  readonly known?: boolean;
}

export class Link implements ConnectionOwner {
  readonly name: string;
  readonly token: string;
  readonly #agent: AgentSpec | null;
  readonly #greeted = Promise.withResolvers<WorkerHello>();
  #receiver: Receiver | null = null;
  #connection: Connection | null = null;
  #known: boolean;
  #expected: boolean;
  #closed = false;

  constructor({ name, token, agent, known = false }: LinkOptions) {
    this.#known = known;
    this.#expected = known;
    this.name = name;
    this.token = token;
    this.#agent = agent;
  }

  /** Resolves with the first hello of the process. It may never come: wait for its end beside it. */
  get greeted(): Promise<WorkerHello> {
    return this.#greeted.promise;
  }

  /** It was connected to an earlier server, and is not yet back. */
  get expected(): boolean {
    return this.#expected;
  }

  get up(): boolean {
    return this.#connection !== null;
  }

  listen(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /** A connection that named this link and its token. False: turned away, there is one already. */
  accept(connection: Connection, hello: WorkerHello): boolean {
    if (this.#connection !== null || this.#closed) return false;
    this.#connection = connection;
    this.#expected = false;
    connection.handOver(this);
    const resume = this.#known ? (this.#receiver?.resume(hello.held) ?? []) : [];
    const agent = this.#known || this.#agent === null ? {} : { agent: this.#agent };
    connection.send("hello", 0, JSON.stringify({ protocol: WORKER_PROTOCOL, ...agent, resume } satisfies ServerHello));
    this.#known = true;
    this.#greeted.resolve(hello);
    return true;
  }

  /** Without a connection nothing is sent: what matters is asked for again when the process comes back. */
  readonly send = (kind: FrameKind, call: number, body: string): void => {
    this.#connection?.send(kind, call, body);
  };

  frame(frame: Frame): void {
    this.#receiver?.frame(frame);
  }

  closed(): void {
    const complete = this.#connection?.complete === true;
    this.#connection = null;
    this.#receiver?.down(complete);
  }

  /** No connection from now on. */
  close(): void {
    this.#closed = true;
    this.#connection?.destroy();
  }
}
