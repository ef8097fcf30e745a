/**
 * The way out of all sandboxes of this server: one daemon, one namespace a sandbox and one ahead. The server makes and hands
 * over; it reads nothing that an agent sent. A daemon that ends is started again and given the sockets anew; until then
 * nothing gets out. With `outlives` it goes on when the server is gone, until the next one has taken over. A name's address is written down before it is given out.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DaemonLink } from "./daemon-link.ts";
import type { FromDaemon, Report } from "./messages.ts";
import { findNamespace, makeNamespace, type Namespace, sweepNamespaces } from "./namespace.ts";
import type { Egress, EgressOptions, Exit, ExitOrder, Inherited } from "./ports.ts";
import { note, retire, takePredecessors } from "./predecessors.ts";
import { handOutSockets } from "./sockets.ts";

/** Rejects with NO_CAPACITY. */
export async function openEgress(options: EgressOptions): Promise<Egress> {
  const { folder, isOwned, inherited } = options;
  const before = takePredecessors(folder);
  const kept = new Set(inherited.map(({ network }) => dirname(network)));
  await sweepNamespaces(folder, (directory) => kept.has(directory) || isOwned(directory));
  const egress = new HostEgress(options);
  await Promise.all(inherited.map((one) => egress.inherit(one)));
  for (const pid of before) retire(pid); // what is new comes to us from here on
  return egress;
}

/** A namespace, and who is in it. */
interface Room {
  readonly namespace: Namespace;
  /** Names below a `*.host` that have an address, in order. */
  readonly names: string[];
  /** Connections that have not ended, by number. */
  readonly open: Map<number, Report>;
  order: ExitOrder | null;
  /** Its sockets are made by one at a time. */
  furnished: Promise<void>;
}

const FIRST_PAUSE_MS = 50;
/** In the namespace's folder: a line for each name below a `*.host` that has an address. */
const NAMES = "names";

class HostEgress implements Egress {
  readonly #options: EgressOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #waiting = new Map<string, () => void>();
  #daemon: DaemonLink;
  #spare: Promise<Room> | null = null;
  #pause = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: EgressOptions) {
    this.#options = options;
    this.#daemon = this.#start();
    this.#prepareNext();
  }

  async open(order: ExitOrder): Promise<Exit> {
    const taken = this.#spare ?? this.#prepare();
    this.#prepareNext(); // before anything is waited for: the next one must not get the same
    const room = await taken;
    room.order = order;
    await this.#admit(room);
    return this.#exitOf(room);
  }

  inherited(network: string): Exit | null {
    const room = [...this.#rooms.values()].find(({ namespace }) => namespace.path === network);
    return room === undefined ? null : this.#exitOf(room);
  }

  /** Names keep their addresses: they were written down. */
  async inherit({ network, ...order }: Inherited): Promise<void> {
    const namespace = findNamespace(network);
    if (namespace === null) return;
    this.#options.claim(namespace.directory);
    const names = namesOf(namespace);
    const room: Room = { namespace, names, open: new Map(), order, furnished: Promise.resolve() };
    this.#rooms.set(namespace.id, room);
    room.furnished = this.#furnish(room);
    await room.furnished;
  }

  async leave(): Promise<void> {
    this.#closed ??= this.#letGo();
    await this.#closed;
  }

  async #letGo(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#spare?.catch(() => undefined); // it was never made
    const unused = [...this.#rooms.values()].filter(({ order }) => order === null);
    await Promise.all(unused.map((room) => this.#leave(room)));
    this.#daemon.leave();
  }

  #exitOf(room: Room): Exit {
    return { network: room.namespace.path, close: () => this.#leave(room) };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#spare?.catch(() => undefined); // it was never made
    await this.#daemon.close();
    await Promise.all([...this.#rooms.values()].map((room) => this.#leave(room)));
  }

  #start(): DaemonLink {
    const { mapped, privateRanges, limits, outlives, folder } = this.#options;
    const daemon = new DaemonLink((message) => this.#hear(message), outlives > 0);
    if (outlives > 0 && daemon.pid !== undefined) note(folder, daemon.pid);
    void daemon.tell({ kind: "settings", mapped, privateRanges, limits, outlivesMs: outlives });
    void daemon.gone.then(() => {
      if (this.#closed === null) this.#startAgain();
    });
    return daemon;
  }

  /** What was open is over; the sandboxes stay, and what they ask meanwhile fails. */
  #startAgain(): void {
    for (const room of this.#rooms.values()) this.#cut(room);
    this.#options.note("The egress daemon ended; it is started again.");
    this.#timer = setTimeout(() => {
      this.#daemon = this.#start();
      for (const room of this.#rooms.values()) room.furnished = room.furnished.then(() => this.#furnish(room));
    }, this.#pause);
    this.#pause = Math.min(this.#pause * 2, this.#options.limits.restart_pause);
  }

  async #furnish(room: Room): Promise<void> {
    try {
      if (room.order !== null) await this.#admit(room); // first: nothing that comes to a socket is lost
      await this.#handSockets(room);
    } catch (error) {
      this.#options.note(`A sandbox is without a network: ${String(error)}`);
    }
  }

  #prepareNext(): void {
    const spare = this.#closed === null ? this.#prepare() : null;
    this.#spare = spare;
    spare?.catch(() => {
      if (this.#spare === spare) this.#spare = null; // whoever needs one makes it, and is told
    });
  }

  async #prepare(): Promise<Room> {
    const { folder, claim } = this.#options;
    const namespace = await makeNamespace({ id: randomBytes(4).toString("hex"), folder, claim });
    const room: Room = { namespace, names: [], open: new Map(), order: null, furnished: Promise.resolve() };
    this.#rooms.set(namespace.id, room);
    try {
      const handed = this.#handSockets(room);
      room.furnished = handed.catch(() => undefined); // told below
      await handed;
      return room;
    } catch (error) {
      await this.#leave(room);
      throw error;
    }
  }

  async #handSockets({ namespace }: Room): Promise<void> {
    const { id } = namespace;
    const daemon = this.#daemon;
    const listening = this.#answer(`listening ${id}`, daemon);
    await handOutSockets(namespace, async (socket, handle) => {
      await daemon.tell({ kind: "socket", id, socket }, handle);
      handle.close();
    });
    await listening;
  }

  async #admit({ namespace: { id }, order, names }: Room): Promise<void> {
    const daemon = this.#daemon;
    const opened = this.#answer(`opened ${id}`, daemon);
    await daemon.tell({ kind: "open", id, rules: order?.rules ?? [], names });
    await opened;
  }

  /** Or the daemon's end: then the next one is told again. */
  #answer(word: string, daemon: DaemonLink): Promise<unknown> {
    const heard = new Promise<void>((resolve) => this.#waiting.set(word, resolve));
    return Promise.race([heard, daemon.gone]).finally(() => this.#waiting.delete(word));
  }

  #hear(message: FromDaemon): void {
    switch (message.kind) {
      case "listening":
      case "opened":
        this.#waiting.get(`${message.kind} ${message.id}`)?.();
        break;
      case "name":
        this.#write(message.id, message.name);
        break;
      case "reports":
        for (const report of message.reports) this.#report(report);
    }
  }

  #write(id: string, name: string): void {
    const room = this.#rooms.get(id);
    if (room === undefined || room.names.length >= this.#options.limits.egress_names) return;
    if (!room.names.includes(name)) {
      appendFileSync(join(room.namespace.directory, NAMES), `${name}\n`);
      room.names.push(name);
    }
    void this.#daemon.tell({ kind: "written", id, name });
  }

  #report(report: Report): void {
    const room = this.#rooms.get(report.id);
    if (room?.order == null) return;
    this.#pause = FIRST_PAUSE_MS;
    if (report.result === "open") room.open.set(report.n, report);
    else room.open.delete(report.n);
    this.#options.onReport(room.order, report);
  }

  #cut({ open, order }: Room): void {
    for (const report of open.values()) {
      if (order !== null) this.#options.onReport(order, { ...report, result: "failed", reason: "cut" });
    }
    open.clear();
  }

  async #leave(room: Room): Promise<void> {
    const { id } = room.namespace;
    if (!this.#rooms.delete(id)) return;
    await this.#daemon.tell({ kind: "close", id });
    this.#cut(room);
    await room.namespace.close();
  }
}

function namesOf({ directory }: Namespace): string[] {
  try {
    return readFileSync(join(directory, NAMES), "utf8").split("\n").filter(Boolean);
  } catch {
    return []; // none was ever asked for
  }
}
