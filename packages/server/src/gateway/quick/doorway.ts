/**
 * Takes the connections of node's HTTP server before it does. Plain calls, which are nearly all where it matters, are
 * read and answered here; everything else is given to node with its bytes. Meaning, limits and messages are the same.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Context } from "../context.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Exchange } from "../exchange.ts";
import { type Door, QuickConnection } from "./connection.ts";

export interface DoorwayParts {
  readonly context: Context;
  readonly dispatch: Dispatch;
  /** What came is no request, or came too slowly: node's code for it. */
  readonly refuse: (socket: Socket, code: string) => void;
}

export class Doorway implements Door {
  readonly context: Context;
  readonly refuse: DoorwayParts["refuse"];
  readonly #dispatch: Dispatch;
  readonly #connections = new Set<QuickConnection>();
  readonly #toNode: (socket: Socket) => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(server: Server, { context, dispatch, refuse }: DoorwayParts) {
    this.context = context;
    this.#dispatch = dispatch;
    this.refuse = refuse;
    const nodes = server.listeners("connection");
    server.removeAllListeners("connection");
    server.on("connection", (socket) => void this.#connections.add(new QuickConnection(socket, this)));
    this.#toNode = (socket) => {
      for (const listener of nodes) listener.call(server, socket);
    };
    const every = Math.min(LOOK_MS, context.limits.header_time);
    server.once("listening", () => {
      this.#timer = setInterval(this.#look, every).unref();
    });
    server.once("close", () => this.#stop());
  }

  get limits(): Context["limits"] {
    return this.context.limits;
  }

  work(exchange: Exchange): void {
    this.#dispatch.work(exchange);
  }

  handOver(one: QuickConnection, socket: Socket, bytes: Buffer): void {
    this.forget(one);
    socket.pause();
    this.#toNode(socket);
    socket.unshift(bytes);
    socket.resume();
  }

  forget(one: QuickConnection): void {
    this.#connections.delete(one);
  }

  /** Ends the connections that no request is on. */
  closeIdle(): void {
    for (const one of [...this.#connections]) if (one.isIdle) one.end();
  }

  closeAll(): void {
    for (const one of [...this.#connections]) one.destroy();
  }

  readonly #look = (): void => {
    const now = performance.now();
    for (const one of this.#connections) one.look(now);
  };

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

const LOOK_MS = 1000; // as often as node's server looks; limits are kept to this grain
