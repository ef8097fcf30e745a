/**
 * Watches files by their content; they need not exist. The kernel's notices make it quick; a look once a second finds
 * what they miss (a folder that vanished and came back, file systems without notices).
 */
import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, statSync, watch } from "node:fs";
import { dirname } from "node:path";

const LOOK_MS = 1000;
/** Editors truncate, then write: a change counts when nothing moved for this long. */
const SETTLE_MS = 10;

export interface WatchEvents {
  /** Something moved; it may turn out to be nothing. */
  moved(): void;
  /** It was nothing: every file's content is as before. */
  same(): void;
  /** Contents changed, and have settled. */
  changed(files: readonly string[]): void;
}

interface Seen {
  readonly stamp: string;
  readonly hash: string;
}

export class Watch {
  readonly #events: WatchEvents;
  #files = new Map<string, Seen>();
  #folders = new Map<string, FSWatcher>();
  #settling: NodeJS.Timeout | null = null;
  #turn: Promise<void> | null = null;
  readonly #looking: NodeJS.Timeout;

  constructor(events: WatchEvents) {
    this.#events = events;
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
    this.#looking.unref();
  }

  /** Replaces what is watched. A file that changed since `loadedAt` (milliseconds since the epoch) counts as changed. */
  set(files: readonly string[], loadedAt: number): void {
    const before = this.#files;
    this.#files = new Map(files.map((file) => [file, before.get(file) ?? look(file)]));
    this.#arm();
    const late = files.filter((file) => !before.has(file) && modifiedAfter(file, loadedAt));
    if (late.length > 0) this.#settle(late);
    else if (this.#differing().length > 0) this.#notice();
  }

  /**
   * Resolves when every notice that the kernel has for us was taken. A call that came after a save may be read before the
   * save's notice, but in the same turn of the event loop.
   */
  caughtUp(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = null;
        resolve();
      });
    });
    return this.#turn;
  }

  close(): void {
    clearInterval(this.#looking);
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = null;
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #arm(): void {
    const wanted = new Set([...this.#files.keys()].map((file) => existing(dirname(file))));
    for (const [folder, watcher] of this.#folders) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#folders.delete(folder);
    }
    for (const folder of wanted) if (!this.#folders.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, () => this.#notice());
      watcher.on("error", () => this.#forget(folder));
      this.#folders.set(folder, watcher);
    } catch {
      // No notices for it (gone again, or no watches left): the look once a second has to do.
    }
  }

  #forget(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
  }

  #look(): void {
    if (this.#settling !== null) return;
    this.#arm();
    if (this.#differing().length > 0) this.#notice();
  }

  #notice(): void {
    if (this.#settling === null) this.#events.moved();
    else clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle([]), SETTLE_MS);
  }

  #settle(also: readonly string[]): void {
    this.#settling = null;
    const changed = new Set([...this.#differing(), ...also]);
    for (const file of changed) this.#files.set(file, look(file));
    if (changed.size === 0) this.#events.same();
    else this.#events.changed([...changed]);
  }

  #differing(): string[] {
    const differing: string[] = [];
    for (const [file, seen] of this.#files) {
      const stamp = stampOf(file);
      if (stamp === seen.stamp) continue;
      const hash = hashOf(file);
      if (hash === seen.hash) this.#files.set(file, { stamp, hash });
      else differing.push(file);
    }
    return differing;
  }
}

function look(file: string): Seen {
  return { stamp: stampOf(file), hash: hashOf(file) };
}

const GONE = "gone";

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? GONE : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

function hashOf(file: string): string {
  try {
    return createHash("sha256").update(readFileSync(file)).digest("base64");
  } catch {
    return GONE; // unreadable counts as not there: it changes when it can be read
  }
}

function modifiedAfter(file: string, at: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs > at;
}

function existing(folder: string): string {
  let at = folder;
  while (statSync(at, { throwIfNoEntry: false }) === undefined && dirname(at) !== at) at = dirname(at);
  return at;
}
