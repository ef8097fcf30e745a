/**
 * `runtime.packages`: a layer of Debian packages above a base file system. Every file of the base is a hard link, so a layer
 * costs what it adds; what a package replaces is a new file, so the base stays as it was. The base may be deleted first.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { cached } from "../environment/cache.ts";
import { download, must, unknownPackage, unpack, type Work } from "./apt.ts";

interface LayerRequest extends Work {
  readonly home: string;
  readonly packages: readonly string[];
}

interface Below {
  readonly directory: string;
  readonly key: string;
}

/** As Debian writes them, perhaps with a version: nothing that apt would read as an option. */
const NAME = /^[a-z0-9][a-z0-9+.-]+(?:=[\w.+~:-]+)?$/;

/** Rejects with LOAD_FAILED, naming the package, for what a person can mend. */
export async function addLayer(request: LayerRequest, base: Below): Promise<Below> {
  const wrong = request.packages.find((name) => !NAME.test(name));
  if (wrong !== undefined) throw unknownPackage(wrong);
  const packages = [...new Set(request.packages)].toSorted();
  const key = createHash("sha256")
    .update([base.key, ...packages].join("\0"))
    .digest("hex")
    .slice(0, 20);
  const { directory, ms } = await cached({
    folder: join(request.home, "bases"),
    key,
    keep: DEFAULT_LIMITS.base_cache,
    signal: request.signal,
    onWait: () => request.progress("Another runagent is adding the same Debian packages; waiting for it"),
    works: (at) => existsSync(join(at, "rootfs")),
    build: async (at) => {
      request.progress(`Adding Debian packages to the sandbox's file system, once: ${packages.join(", ")}`);
      await build(request, { base, at, packages });
      return "apt";
    },
  });
  if (ms > 0) request.progress(`The packages were added in ${(ms / 1000).toFixed(1)} s`);
  return { directory, key };
}

interface Building {
  readonly base: Below;
  readonly at: string;
  readonly packages: readonly string[];
}

async function build(request: LayerRequest, { base, at, packages }: Building): Promise<void> {
  const [rootfs, folder] = [join(at, "rootfs"), join(at, "apt")];
  const installed = readFileSync(join(base.directory, "status"), "utf8");
  const archives = await download(request, { folder, packages, installed });
  await must(request, "link the base", ["cp", "-al", join(base.directory, "rootfs"), rootfs]);
  await writeFile(join(at, "status"), `${installed}\n${await unpack(request, archives, rootfs)}`);
  await must(request, "tidy up", ["rm", "-rf", folder]);
}
