/**
 * The outgoing hosts that an agent contacted under `serve`, remembered for `deploy`: a JSON file in the user's state
 * folder, never in the agent's. Bounded; written at most once a second and at the end, as a whole, by renaming.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const WRITE_MS = 1000;

export class HostsSeen {
  readonly #file: string;
  readonly #most: number;
  readonly #hosts: Set<string>;
  #timer: NodeJS.Timeout | null = null;

  constructor(file: string, most: number) {
    this.#file = file;
    this.#most = most;
    this.#hosts = new Set(readHosts(file));
  }

  get hosts(): readonly string[] {
    return [...this.#hosts].sort();
  }

  /** Whether it was new. */
  add(host: string, port: number): boolean {
    const name = port === 443 || port === 80 ? host : `${host}:${port}`;
    if (this.#hosts.has(name) || this.#hosts.size >= this.#most) return false;
    this.#hosts.add(name);
    this.#timer ??= setTimeout(() => this.#write(), WRITE_MS).unref();
    return true;
  }

  close(): void {
    if (this.#timer !== null) this.#write();
  }

  #write(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      writeFileSync(`${this.#file}.new`, JSON.stringify({ hosts: this.hosts }));
      renameSync(`${this.#file}.new`, this.#file);
    } catch {
      // A full disk must not end `serve`: the hosts stay in memory and are written with the next new one.
    }
  }
}

/** What was remembered, in no order. */
export function readHosts(file: string): string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    const hosts = typeof value === "object" && value !== null && "hosts" in value ? value.hosts : [];
    return Array.isArray(hosts) ? hosts.filter((one) => typeof one === "string") : [];
  } catch {
    return []; // not there yet, or not ours: begin anew
  }
}
