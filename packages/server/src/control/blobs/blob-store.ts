/**
 * Contents by their digest, each a file. What is there is whole: it was written beside, hashed, synced and renamed. Who
 * sends the same again changes nothing; who sends something else than they said leaves nothing.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type LimitValues, RunAgentError } from "@runagent/protocol";

const DIGEST = /^sha256:([0-9a-f]{64})$/;
/** What a server that was killed left half-written is older than any upload may last. */
const STALE_MS = 3_600_000;

export interface BlobStoreOptions {
  readonly folder: string;
  readonly limits: Pick<LimitValues, "file" | "uploads">;
  /** Throws STORAGE_FULL while the disk's reserve is touched. */
  readonly room: () => void;
}

export class BlobStore {
  readonly #options: BlobStoreOptions;
  #uploads = 0;

  constructor(options: BlobStoreOptions) {
    this.#options = options;
  }

  /** Those of the digests whose content is not here, each once. Throws INVALID_REQUEST for what is no digest. */
  async missing(digests: readonly string[]): Promise<string[]> {
    const wanted = [...new Set(digests)];
    const there = await Promise.all(wanted.map((digest) => this.has(digest)));
    return wanted.filter((_, i) => there[i] === false);
  }

  async has(digest: string): Promise<boolean> {
    return (await this.size(digest)) !== null;
  }

  /** Bytes of the content; null: it is not here. */
  async size(digest: string): Promise<number | null> {
    return stat(this.path(digest)).then(
      ({ size }) => size,
      () => null,
    );
  }

  /** Throws INVALID_REQUEST for what is no digest. */
  path(digest: string): string {
    const hex = DIGEST.exec(digest)?.[1];
    if (hex === undefined) throw notADigest(digest);
    return join(this.#options.folder, hex.slice(0, 2), hex);
  }

  read(digest: string): NodeJS.ReadableStream {
    return createReadStream(this.path(digest));
  }

  /**
   * Takes a content in. False: it was here already, and nothing is read. Rejects with INVALID_INPUT when it is not what the
   * digest says, INPUT_TOO_LARGE, RATE_LIMITED, STORAGE_FULL; with the stream's error when it breaks off.
   */
  async put(digest: string, content: AsyncIterable<Uint8Array>): Promise<boolean> {
    const path = this.path(digest);
    if (await this.has(digest)) return false;
    const { limits, room } = this.#options;
    room();
    if (this.#uploads >= limits.uploads) {
      throw new RunAgentError("RATE_LIMITED", `${limits.uploads} uploads are open already.`, { retry_after: 1 });
    }
    this.#uploads += 1;
    try {
      await this.#write(digest, path, content);
    } finally {
      this.#uploads -= 1;
    }
    return true;
  }

  /** Deletes what nobody refers to; what was sent a moment ago stays: its deployment may follow. */
  async collect(inUse: ReadonlySet<string>, olderThan: number): Promise<void> {
    for (const part of await names(this.#options.folder)) {
      for (const name of await names(join(this.#options.folder, part))) {
        const file = join(this.#options.folder, part, name);
        if (inUse.has(`sha256:${name}`)) continue;
        const written = await stat(file).catch(() => null);
        if (written !== null && written.mtimeMs < olderThan) await rm(file, { force: true });
      }
    }
  }

  async #write(digest: string, path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
    const folder = join(this.#options.folder, "new");
    await mkdir(folder, { recursive: true });
    const file = join(folder, randomUUID());
    try {
      const found = await this.#fill(file, content);
      if (found !== digest) throw otherContent(digest, found);
      await mkdir(dirname(path), { recursive: true });
      await rename(file, path);
      await sync(dirname(path));
    } catch (error) {
      await rm(file, { force: true });
      throw isFull(error) ? new RunAgentError("STORAGE_FULL", DISK_FULL, {}, { cause: error }) : error;
    }
  }

  /** The digest of what came. */
  async #fill(file: string, content: AsyncIterable<Uint8Array>): Promise<string> {
    const most = this.#options.limits.file;
    const hash = createHash("sha256");
    const handle = await open(file, "wx", 0o400);
    try {
      let size = 0;
      for await (const part of content) {
        size += part.byteLength;
        if (size > most) throw new RunAgentError("INPUT_TOO_LARGE", `A file of a bundle has ${most} bytes at most.`);
        hash.update(part);
        await handle.writeFile(part);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return `sha256:${hash.digest("hex")}`;
  }

  /** What a server that was killed left half-written. Called once, at the start. */
  async sweep(now: number): Promise<void> {
    const folder = join(this.#options.folder, "new");
    for (const name of await names(folder)) {
      const written = await stat(join(folder, name)).catch(() => null);
      if (written !== null && written.mtimeMs < now - STALE_MS) await rm(join(folder, name), { force: true });
    }
  }
}

const DISK_FULL = "The disk of the data directory is full: nothing was kept.";

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");

const notADigest = (digest: string): RunAgentError =>
  new RunAgentError(
    "INVALID_REQUEST",
    `${JSON.stringify(digest.slice(0, 100))} is no digest: \`sha256:\` and 64 hexadecimal digits are.`,
  );

const otherContent = (digest: string, found: string): RunAgentError =>
  new RunAgentError("INVALID_INPUT", `The content is not ${digest}: it is ${found}. Nothing was kept.`);
