/**
 * One log in a folder: lines appended to numbered files. A full file is followed by the next; whole files are deleted,
 * nothing is rewritten. Each start begins a new file, so a line that a crash cut in half stays at the end of one, unread.
 */
import { appendFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { LimitValues } from "@runagent/protocol";

export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  readonly size: number;
  /** Of its last line, in milliseconds since the epoch. */
  readonly at: number;
}

export interface SegmentLogOptions {
  readonly folder: string;
  readonly limits: LimitValues;
  /** The line that says how many were dropped. */
  readonly dropped: (lines: number) => string;
  /** The disk took nothing; said once until it does again. */
  readonly failed: (cause: unknown) => void;
}

export class SegmentLog {
  readonly #options: SegmentLogOptions;
  #waiting: string[] = [];
  #bytes = 0;
  #dropped = 0;
  #failing = false;
  /** The file that is written now; null: the next line finds out which. */
  #file: { readonly number: number; size: number } | null = null;
  #writing: Promise<void> | null = null;
  readonly #told = new Set<() => void>();
  /** Counts what was written: whoever has seen this number has seen all. */
  written = 0;

  constructor(options: SegmentLogOptions) {
    this.#options = options;
  }

  /** A line without its end. Never waits: what the disk is too slow for is dropped and counted. */
  add(line: string): void {
    if (this.#bytes + line.length > this.#options.limits.log_unwritten) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#bytes += line.length;
    this.#writing ??= this.#write();
  }

  /** Resolves when what was added is in a file, or dropped. */
  async flushed(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Resolves when something was written after `seen`, or the signal aborts. */
  changed(seen: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = (): void => {
        this.#told.delete(over);
        signal.removeEventListener("abort", over);
        resolve();
      };
      if (this.written > seen || signal.aborted) return resolve();
      this.#told.add(over);
      signal.addEventListener("abort", over, { once: true });
    });
  }

  files(): Promise<readonly SegmentFile[]> {
    return filesIn(this.#options.folder);
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      const missing = this.#dropped;
      this.#waiting = [];
      this.#bytes = 0;
      this.#dropped = 0;
      const note = missing === 0 ? [] : [this.#options.dropped(missing)];
      if (!(await this.#append([...lines, ...note]))) this.#dropped += missing + lines.length;
    }
    this.#writing = null;
    for (const tell of [...this.#told]) tell();
  }

  /** False: they are not there, or not whole. */
  async #append(lines: readonly string[]): Promise<boolean> {
    const text = `${lines.join("\n")}\n`;
    try {
      const file = await this.#fileFor();
      await appendFile(pathOf(this.#options.folder, file.number), text, { mode: 0o600 });
      file.size += Buffer.byteLength(text);
      this.written += 1;
      this.#failing = false;
      return true;
    } catch (cause) {
      this.#file = null; // half of it may be there: the rest goes into another file
      if (!this.#failing) this.#options.failed(cause);
      this.#failing = true;
      return false;
    }
  }

  async #fileFor(): Promise<{ readonly number: number; size: number }> {
    const { folder, limits } = this.#options;
    if (this.#file !== null && this.#file.size < limits.log_segment) return this.#file;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const there = await filesIn(folder);
    this.#file = { number: (there.at(-1)?.number ?? 0) + 1, size: 0 };
    await dropOldest(there, limits.logs_per_agent - limits.log_segment);
    return this.#file;
  }
}

/** The oldest first. A folder that is not there has none. */
export async function filesIn(folder: string): Promise<readonly SegmentFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files: SegmentFile[] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    const found = FILE.test(name) ? await stat(path).catch(() => null) : null;
    if (found !== null) files.push({ number: Number.parseInt(name, 10), path, size: found.size, at: found.mtimeMs });
  }
  return files;
}

/** Deletes from the first on until the rest has at most so many bytes. */
export async function dropOldest(files: readonly SegmentFile[], most: number): Promise<void> {
  let size = files.reduce((sum, one) => sum + one.size, 0);
  for (const one of files) {
    if (size <= most) return;
    await rm(one.path, { force: true });
    size -= one.size;
  }
}

const FILE = /^\d{9}\.ndjson$/;
const pathOf = (folder: string, number: number): string => join(folder, `${String(number).padStart(9, "0")}.ndjson`);
