/**
 * Answers the DNS questions of one sandbox: an allowed name has one address, which exists only in there; any other name
 * does not exist, and is never asked for outside.
 */
import type { Socket as UdpSocket } from "node:dgram";
import type { Server, Socket } from "node:net";
import type { FakeAddresses } from "../fake-addresses.ts";
import type { DaemonLimits } from "../messages.ts";
import type { Rules } from "../rules.ts";
import type { Destinations } from "./destinations.ts";
import { asksForA, type Code, type Question, readQuestion, writeAnswer } from "./dns-message.ts";
import type { Reports } from "./reports.ts";

export interface NamesOptions {
  readonly id: string;
  readonly rules: Rules;
  readonly addresses: FakeAddresses;
  readonly destinations: Destinations;
  readonly reports: Reports;
  readonly limits: DaemonLimits;
  /** Resolves when the name was written down: only then its address is given out. */
  readonly write: (name: string) => Promise<void>;
}

const SECOND = 1000;
/** Of one connection; a resolver asks one thing and leaves. */
const TCP_IDLE_MS = 5000;
const MOST_TCP = 32;

export class Names {
  readonly #options: NamesOptions;
  readonly #coming = new Map<string, Promise<string | null>>();
  #asked = 0;
  #since = 0;

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  serveUdp(socket: UdpSocket): void {
    socket.on("error", () => undefined); // an answer that nobody takes
    socket.on("message", (query, from) => {
      void this.#answer(query).then((answer) => {
        if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
      });
    });
  }

  serveTcp(server: Server): void {
    server.maxConnections = MOST_TCP;
    server.on("connection", (socket) => serveOne(socket, (query) => this.#answer(query)));
  }

  async #answer(query: Buffer): Promise<Buffer | null> {
    const question = this.#mayAsk() ? readQuestion(query) : null;
    if (question === null) return null;
    const { code, address } = await this.#find(question);
    return writeAnswer(question, code, asksForA(question) ? address : null);
  }

  #mayAsk(): boolean {
    const now = performance.now();
    if (now - this.#since >= SECOND) {
      this.#since = now;
      this.#asked = 0;
    }
    this.#asked += 1;
    return this.#asked <= this.#options.limits.egress_dns_rate;
  }

  async #find({ name }: Question): Promise<{ readonly code: Code; readonly address: string | null }> {
    const { rules, destinations } = this.#options;
    if (!rules.knows(name)) return this.#refuse(name, "not_allowed");
    switch (await destinations.look(name)) {
      case "nothing":
        return this.#refuse(name, "no_public_address");
      case "failed":
        return { code: "failed", address: null };
      case "found": {
        const address = await this.#addressOf(name);
        return address === null ? this.#refuse(name, "too_many_names") : { code: "ok", address };
      }
    }
  }

  #refuse(host: string, reason: string): { readonly code: Code; readonly address: null } {
    const { id, reports } = this.#options;
    const result = reason === "not_allowed" ? "refused" : reason === "too_many_names" ? "limited" : "failed";
    reports.add({ id, at: Date.now(), host, port: null, result, reason, sent: 0, received: 0, ms: null });
    return { code: "noName", address: null };
  }

  /** Null: there are too many names. */
  #addressOf(name: string): Promise<string | null> | string {
    const known = this.#options.addresses.addressOf(name);
    if (known !== undefined) return known;
    const coming = this.#coming.get(name) ?? this.#give(name).finally(() => this.#coming.delete(name));
    this.#coming.set(name, coming);
    return coming;
  }

  async #give(name: string): Promise<string | null> {
    const { addresses, limits, write } = this.#options;
    if (addresses.wildNames + this.#coming.size >= limits.egress_names) return null;
    await write(name);
    return addresses.add(name);
  }
}

/** A length of two bytes before each message. */
function serveOne(socket: Socket, answer: (query: Buffer) => Promise<Buffer | null>): void {
  let kept = Buffer.alloc(0);
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]);
    for (let query = firstOf(kept); query !== null; query = firstOf(kept)) {
      kept = kept.subarray(2 + query.length);
      void answer(Buffer.from(query)).then((message) => (message === null ? socket.destroy() : send(socket, message)));
    }
  });
}

/** Null: it is not whole yet. */
function firstOf(bytes: Buffer): Buffer | null {
  const length = bytes.length < 2 ? Number.POSITIVE_INFINITY : bytes.readUInt16BE(0);
  return bytes.length < 2 + length ? null : bytes.subarray(2, 2 + length);
}

function send(socket: Socket, message: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  socket.write(Buffer.concat([length, message]));
}
