/**
 * What the egress daemon does with its orders. A sandbox has five sockets, which come one by one; before it is opened, and
 * after the daemon is gone, nobody is answered: it fails closed.
 */
import { Socket as UdpSocket } from "node:dgram";
import { Server } from "node:net";
import { diallable } from "../addresses.ts";
import { FakeAddresses } from "../fake-addresses.ts";
import { type DaemonSettings, type FromDaemon, SOCKETS, type SocketName, type ToDaemon } from "../messages.ts";
import { readRules } from "../rules.ts";
import { Destinations } from "./destinations.ts";
import { Door } from "./door.ts";
import { Names } from "./names.ts";
import { createReports, type Reports } from "./reports.ts";
import { type Lookup, Resolver } from "./resolver.ts";

type Handle = Server | UdpSocket;
type Order<Kind> = Extract<ToDaemon, { kind: Kind }>;

export class Daemon {
  readonly #settings: DaemonSettings;
  readonly #say: (message: FromDaemon) => void;
  readonly #destinations: Destinations;
  readonly #reports: Reports;
  readonly #rooms = new Map<string, Room>();

  constructor(settings: DaemonSettings, say: (message: FromDaemon) => void, lookup?: Lookup) {
    this.#settings = settings;
    this.#say = say;
    this.#destinations = new Destinations(new Resolver(diallable(settings.privateRanges), lookup), settings.mapped);
    this.#reports = createReports((reports) => say({ kind: "reports", reports }));
  }

  take(order: ToDaemon, handle: unknown): void {
    switch (order.kind) {
      case "settings":
        break; // it has them
      case "socket":
        this.#socket(order, handle);
        break;
      case "open":
        this.#open(order);
        break;
      case "written":
        this.#rooms.get(order.id)?.written(order.name);
        break;
      case "close":
        this.#rooms.get(order.id)?.close();
        this.#rooms.delete(order.id);
    }
  }

  /** Connections that have not ended. */
  get connections(): number {
    return [...this.#rooms.values()].reduce((sum, room) => sum + room.connections, 0);
  }

  /** Another one has sockets in the same places: what is open goes on, nothing is taken any more. */
  retire(): void {
    for (const room of this.#rooms.values()) room.retire();
  }

  #socket({ id, socket }: Order<"socket">, handle: unknown): void {
    if (!(handle instanceof Server || handle instanceof UdpSocket)) return;
    const room = this.#rooms.get(id) ?? new Room();
    this.#rooms.set(id, room);
    if (room.add(socket, handle)) this.#say({ kind: "listening", id });
  }

  #open({ id, rules: list, names }: Order<"open">): void {
    const rules = readRules(list);
    const room = this.#rooms.get(id) ?? new Room();
    this.#rooms.set(id, room);
    room.open({
      ...{ id, rules, reports: this.#reports, destinations: this.#destinations, limits: this.#settings.limits },
      addresses: new FakeAddresses(rules.names, names),
      ask: (name) => this.#say({ kind: "name", id, name }),
    });
    this.#say({ kind: "opened", id });
  }
}

type RoomOptions = Omit<ConstructorParameters<typeof Names>[0], "write"> & { readonly ask: (name: string) => void };

/** One sandbox. */
class Room {
  readonly #sockets = new Map<SocketName, Handle>();
  readonly #writing = new Map<string, () => void>();
  #door: Door | null = null;
  /** Null: it is not open yet. */
  #serve: ((name: SocketName, handle: Handle) => void) | null = null;

  /** Whether all are there. */
  add(name: SocketName, handle: Handle): boolean {
    this.#sockets.set(name, handle);
    this.#serve?.(name, handle);
    return this.#sockets.size === SOCKETS.length;
  }

  open({ ask, ...options }: RoomOptions): void {
    const door = new Door(options);
    const write = (name: string): Promise<void> =>
      new Promise((resolve) => {
        this.#writing.set(name, resolve);
        ask(name);
      });
    const names = new Names({ ...options, write });
    this.#door = door;
    this.#serve = (name, handle) => {
      if (handle instanceof UdpSocket) names.serveUdp(handle);
      else if (name === "connections") door.serve(handle);
      else names.serveTcp(handle);
    };
    for (const [name, handle] of this.#sockets) this.#serve(name, handle);
  }

  get connections(): number {
    return this.#door?.connections ?? 0;
  }

  retire(): void {
    for (const handle of this.#sockets.values()) handle.close();
    this.#sockets.clear();
  }

  written(name: string): void {
    this.#writing.get(name)?.();
    this.#writing.delete(name);
  }

  close(): void {
    this.retire();
    this.#door?.close();
  }
}
