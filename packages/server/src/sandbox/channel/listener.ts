/**
 * The Unix socket that the processes of one sandbox connect to. Each must say hello first, with the version (W2), a name
 * that is expected and its token; everything else is closed. The folder is private, so only our user can connect at all.
 */
import { timingSafeEqual } from "node:crypto";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { type Frame, FrameError, type LimitValues, WORKER_PROTOCOL, type WorkerHello } from "@runagent/protocol";
import { readHello } from "./bodies.ts";
import { Connection } from "./connection.ts";
import type { Link } from "./link.ts";

/** `sockaddr_un` holds 104 bytes on macOS, 108 on Linux, the closing zero included. */
const LONGEST_PATH = 100;

export class Listener {
  readonly path: string;
  readonly #server: Server;
  readonly #limits: LimitValues;
  readonly #links = new Map<string, Link>();
  readonly #sockets = new Set<Socket>();
  /** Agent code can connect as often as it likes: what has not said who it is may not fill this process. */
  readonly #waiting = new Set<Socket>();
  readonly ready: Promise<void>;
  #closed: Promise<void> | null = null;

  constructor(directory: string, name: string, limits: LimitValues) {
    this.path = join(directory, `${name}.sock`);
    this.#limits = limits;
    this.#server = createServer((socket) => this.#greet(socket));
    this.ready = this.#listen(directory);
    this.ready.catch(() => undefined); // whoever waits for it is told
  }

  /** From now on a process may connect as this link. */
  expect(link: Link): void {
    this.#links.set(link.name, link);
  }

  forget(link: Link): void {
    link.close();
    this.#links.delete(link.name);
  }

  /** Closes every connection and removes the socket. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  #listen(directory: string): Promise<void> {
    if (Buffer.byteLength(this.path) >= LONGEST_PATH) {
      return Promise.reject(new Error(`the socket's path is too long: ${this.path}`));
    }
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    rmSync(this.path, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen(this.path, () => resolve());
    return promise;
  }

  #greet(socket: Socket): void {
    if (this.#waiting.size >= this.#limits.hellos_waiting) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    this.#waiting.add(socket);
    const timer = setTimeout(() => socket.destroy(), this.#limits.hello_time);
    socket.once("close", () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
      this.#waiting.delete(socket);
    });
    const connection = new Connection(
      socket,
      {
        frame: (frame) => {
          clearTimeout(timer);
          this.#waiting.delete(socket);
          this.#admit(connection, frame);
        },
        closed: () => undefined, // nobody yet
      },
      this.#limits.frame,
    );
  }

  #admit(connection: Connection, frame: Frame): void {
    if (frame.kind !== "hello") throw new FrameError("the first frame is no hello");
    const hello = readHello(frame.body);
    const link = this.#links.get(hello.worker);
    if (hello.protocol !== WORKER_PROTOCOL) throw new FrameError(`protocol ${hello.protocol} is not spoken here`);
    if (link === undefined || !isTokenOf(link, hello)) throw new FrameError("an unknown name or a wrong token");
    if (!link.accept(connection, hello)) throw new FrameError("the name is connected already");
  }

  async #end(): Promise<void> {
    await this.ready.catch(() => undefined); // it never listened: there is nothing to close
    for (const link of this.#links.values()) link.close();
    for (const socket of this.#sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
    rmSync(this.path, { force: true });
  }
}

function isTokenOf(link: Link, hello: WorkerHello): boolean {
  const [right, said] = [Buffer.from(link.token), Buffer.from(hello.token)];
  return right.length === said.length && timingSafeEqual(right, said);
}
