/**
 * Bundles, laid out as folders that are only read: a folder is there whole or not at all. Its name is the bundle's digest,
 * so two versions of the same files share it.
 */
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BundleFile, type LimitValues, RunAgentError } from "@runagent/protocol";
import type { BlobStore } from "./blob-store.ts";
import { bundleDigest, checkManifest, type Sent } from "./manifest.ts";

export interface BundlesOptions {
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly limits: Pick<LimitValues, "bundle" | "bundle_files" | "file" | "pointed_errors" | "blob_age">;
  readonly now: () => number;
}

interface LaidOut {
  readonly digest: string;
  /** The agent's folder. */
  readonly directory: string;
  readonly whole: string;
}

export class Bundles {
  readonly #options: BundlesOptions;

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  missing(digests: readonly string[]): Promise<readonly string[]> {
    return this.#options.blobs.missing(digests);
  }

  /** Throws INVALID_REQUEST, INPUT_TOO_LARGE for what no bundle may be; CONFLICT with `missing` for what was not sent. */
  async materialise(sent: Sent, signal: AbortSignal): Promise<LaidOut> {
    const { folder, blobs, limits } = this.#options;
    checkManifest(sent, limits);
    const { files } = sent;
    const digest = bundleDigest(sent);
    const whole = this.directory(digest);
    const laidOut = { digest, directory: join(whole, sent.folder), whole };
    if (await isThere(whole)) return laidOut;
    const missing = await blobs.missing(files.map((one) => one.digest));
    if (missing.length > 0) throw new RunAgentError("CONFLICT", `${missing.length} files were not sent.`, { missing });
    const beside = join(folder, `new-${randomUUID()}`);
    try {
      for (const file of files) {
        signal.throwIfAborted();
        await this.#place(file, beside);
      }
      await mkdir(beside, { recursive: true });
      await rename(beside, whole).catch((error: unknown) => raced(error, whole));
    } finally {
      await rm(beside, { recursive: true, force: true });
    }
    return laidOut;
  }

  /** Where the bundle lies, if it was laid out; of a digest with a folder behind it, that folder. */
  directory(digest: string): string {
    return join(this.#options.folder, digest.replace(":", "-"));
  }

  /** Deletes what no version refers to; contents only when they are older than `blob_age`. */
  async collect(inUse: { readonly bundles: ReadonlySet<string>; readonly blobs: ReadonlySet<string> }): Promise<void> {
    const { folder, blobs, limits, now } = this.#options;
    const kept = new Set([...inUse.bundles].map((digest) => this.directory(digest)));
    for (const name of await readdir(folder)) {
      const directory = join(folder, name);
      if (name.startsWith("sha256-") && !kept.has(directory)) await rm(directory, { recursive: true, force: true });
    }
    await blobs.collect(inUse.blobs, now() - limits.blob_age);
  }

  /** What a server that was killed left half laid out. Called once, before anything is laid out. */
  async sweep(): Promise<void> {
    const { folder, blobs, now } = this.#options;
    for (const name of await readdir(folder)) {
      if (name.startsWith("new-")) await rm(join(folder, name), { recursive: true, force: true });
    }
    await blobs.sweep(now());
  }

  async #place({ path, digest, size, mode }: BundleFile, root: string): Promise<void> {
    const { blobs } = this.#options;
    const has = await blobs.size(digest);
    if (has !== size) {
      throw new RunAgentError("INVALID_REQUEST", `${path} has ${has} bytes, not ${size} as the bundle says.`);
    }
    const target = join(root, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(blobs.path(digest), target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(target, mode & 0o100 ? 0o555 : 0o444);
  }
}

const isThere = (directory: string): Promise<boolean> =>
  stat(directory).then(
    () => true,
    () => false,
  );

/** Another deployment of the same bundle was faster: what it made is the same. */
async function raced(error: unknown, directory: string): Promise<void> {
  if (!(await isThere(directory))) throw error;
}
