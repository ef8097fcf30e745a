/**
 * The isolation scopes `session` and `run` where a fork is not clean enough: a whole sandbox for each worker, closed with it.
 * So nothing is left for the next one: no file, no process, no socket, no memory. Whoever asks keeps workers ahead; here
 * nothing is started that nobody asked for, but the first, which describes the agent.
 */
import { type Description, RunAgentError } from "@runagent/protocol";
import type { Capabilities, Sandbox, Worker } from "./ports.ts";

export class Rooms implements Sandbox {
  readonly can: Capabilities;
  readonly loaded: Promise<Description>;
  readonly #open: () => Sandbox;
  readonly #rooms = new Set<Sandbox>();
  #first: Sandbox | null;
  #closed: Promise<void> | null = null;

  /** `open`: starts one. */
  constructor(open: () => Sandbox) {
    this.#open = open;
    this.#first = this.#opened();
    this.can = { park: this.#first.can.park, leave: false };
    this.loaded = this.#first.loaded;
    this.loaded.catch(() => undefined); // told to everybody who waits for it or spawns
  }

  async spawn(options: { readonly once: boolean }): Promise<Worker> {
    await this.loaded;
    if (this.#closed !== null) throw new RunAgentError("NO_CAPACITY", "The sandbox is closed.");
    const room = this.#first ?? this.#opened();
    this.#first = null;
    try {
      const worker = await room.spawn(options);
      void worker.exited.then(() => this.#end(room));
      return worker;
    } catch (error) {
      await this.#end(room);
      throw error;
    }
  }

  async park(): Promise<boolean> {
    return (await Promise.all([...this.#rooms].map((room) => room.park()))).every(Boolean);
  }

  wake(): void {
    for (const room of this.#rooms) room.wake();
  }

  /** None of them is adopted: a room is as short-lived as its worker. */
  leave(): Promise<void> {
    return this.close(0);
  }

  close(graceMs: number): Promise<void> {
    const closing = Promise.all([...this.#rooms].map((room) => room.close(graceMs))).then(() => undefined);
    this.#closed ??= closing;
    return closing;
  }

  #opened(): Sandbox {
    const room = this.#open();
    this.#rooms.add(room);
    return room;
  }

  async #end(room: Sandbox): Promise<void> {
    await room.close(0);
    this.#rooms.delete(room);
  }
}
