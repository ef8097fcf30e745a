/** Hashes the files of a bundle and sends what the server lacks, a few at a time. What was sent before is not sent again. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { BundleFile, DeploymentsClient } from "@runagent/sdk";
import type { GatheredFile } from "./gather.ts";

const AT_A_TIME = 4;

interface Hashed {
  readonly entry: BundleFile;
  readonly file: string;
}

export async function hashed(files: readonly GatheredFile[]): Promise<readonly Hashed[]> {
  const all: Hashed[] = [];
  for (const { path, file, size, mode } of files) {
    const digest = `sha256:${createHash("sha256")
      .update(await readFile(file))
      .digest("hex")}`;
    all.push({ entry: { path, digest, size, mode }, file });
  }
  return all;
}

export interface Sending {
  readonly client: DeploymentsClient;
  readonly signal: AbortSignal;
  /** Bytes sent so far, of all. */
  readonly progress: (sent: number, all: number) => void;
}

/** Resolves with how many contents were sent. */
export async function send(files: readonly Hashed[], { client, signal, progress }: Sending): Promise<number> {
  const byDigest = new Map(files.map((one) => [one.entry.digest, one]));
  const missing = await client.missing([...byDigest.keys()], { signal });
  const wanted = missing.flatMap((digest) => byDigest.get(digest) ?? []);
  const all = wanted.reduce((sum, { entry }) => sum + entry.size, 0);
  let sent = 0;
  const rest = [...wanted];
  const sender = async (): Promise<void> => {
    for (let one = rest.shift(); one !== undefined; one = rest.shift()) {
      await client.upload(one.entry.digest, new Uint8Array(await readFile(one.file)), { signal });
      sent += one.entry.size;
      progress(sent, all);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, sender));
  return wanted.length;
}
