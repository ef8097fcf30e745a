/** Where `uv` comes from: PATH, else fetched once from the Python registry into our own folder, else there is none. */
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { cached } from "./cache.ts";
import { run } from "./command.ts";
import type { EnvironmentRequest } from "./environment.ts";
import type { Python } from "./python-find.ts";

/** Raised when a newer uv is needed: an older fetched one is then left behind. */
const GENERATION = "1";

/** What is needed of a request to find uv. */
type UvRequest = Pick<EnvironmentRequest, "home" | "env" | "progress" | "signal">;

export async function findUv(request: UvRequest, python: Pick<Python, "interpreter">): Promise<string | null> {
  const found = (request.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "uv"))
    .find((path) => existsSync(path));
  if (found !== undefined) return realpathSync(found);
  const key = createHash("sha256")
    .update(`uv ${GENERATION} ${process.platform} ${process.arch}`)
    .digest("hex")
    .slice(0, 20);
  try {
    const { directory } = await cached({
      folder: join(request.home, "tools"),
      key,
      signal: request.signal,
      onWait: () => request.progress("Another runagent is fetching uv; waiting for it"),
      works: (at) => existsSync(join(at, "bin", "uv")),
      build: (at) => fetchUv(request, python, at),
    });
    return join(directory, "bin", "uv");
  } catch (error) {
    request.signal.throwIfAborted();
    request.progress(`uv cannot be fetched (${error instanceof Error ? error.message : String(error)}); using pip`);
    return null;
  }
}

async function fetchUv(request: UvRequest, python: Pick<Python, "interpreter">, directory: string): Promise<string> {
  request.progress("Fetching uv, once");
  const { signal, env } = request;
  const args = ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", directory, "uv"];
  const pip = await run({ file: python.interpreter, args, cwd: directory, env, signal });
  if (pip.code === 0 && existsSync(join(directory, "bin", "uv"))) return "pip";
  await fetchWheel(request, python, directory);
  return "registry";
}

/** Without pip (as many systems ship Python): the wheel itself from the index that is named, its hash checked. */
async function fetchWheel(
  { env, signal }: UvRequest,
  python: Pick<Python, "interpreter">,
  directory: string,
): Promise<void> {
  const named = env.UV_DEFAULT_INDEX ?? env.PIP_INDEX_URL;
  if (named === undefined) {
    throw new Error("this Python has no pip; install uv or pip, or name an index in UV_DEFAULT_INDEX");
  }
  const index = `${named.replace(/\/$/, "")}/uv/`;
  const listing = await fetch(index, { signal, headers: { accept: "application/vnd.pypi.simple.v1+json" } });
  const wheel = newestWheel(await listing.json());
  if (wheel === null) throw new Error(`no uv for ${process.platform} ${process.arch}`);
  const bytes = new Uint8Array(await (await fetch(new URL(wheel.url, index), { signal })).arrayBuffer());
  if (createHash("sha256").update(bytes).digest("hex") !== wheel.sha256) throw new Error("uv's hash is wrong");
  const file = join(directory, "uv.zip");
  await writeFile(file, bytes);
  const unpack = ["-I", "-m", "zipfile", "-e", file, directory];
  const { code, tail } = await run({ file: python.interpreter, args: unpack, cwd: directory, env, signal });
  if (code !== 0) throw new Error(tail.at(-1) ?? "uv cannot be unpacked");
  const scripts = (await readdir(directory)).map((name) => join(directory, name, "scripts", "uv")).find(existsSync);
  if (scripts === undefined) throw new Error("uv's wheel has no uv");
  await mkdir(join(directory, "bin"));
  await rename(scripts, join(directory, "bin", "uv"));
  await chmod(join(directory, "bin", "uv"), 0o755);
}

/** The last wheel of the index that fits this machine: the simple API lists the oldest first. */
function newestWheel(listing: unknown): { url: string; sha256: string } | null {
  const files: unknown = typeof listing === "object" && listing !== null && "files" in listing ? listing.files : [];
  const machine = { x64: "x86_64", arm64: process.platform === "darwin" ? "arm64" : "aarch64" }[process.arch as string]; // any name
  const system = process.platform === "darwin" ? "macosx" : "manylinux";
  for (const file of Array.isArray(files) ? files.toReversed() : []) {
    if (!isWheel(file) || file.yanked) continue;
    const name = file.filename;
    if (name.endsWith(".whl") && name.includes(system) && name.includes(`_${machine}`) && !/(a|b|rc)\d+-/.test(name)) {
      return { url: file.url, sha256: file.hashes.sha256 };
    }
  }
  return null;
}

interface Wheel {
  readonly filename: string;
  readonly url: string;
  readonly hashes: { readonly sha256: string };
  readonly yanked?: unknown;
}

function isWheel(file: unknown): file is Wheel {
  if (typeof file !== "object" || file === null || !("filename" in file) || !("url" in file)) return false;
  if (!("hashes" in file) || typeof file.hashes !== "object" || file.hashes === null) return false;
  return typeof file.filename === "string" && typeof file.url === "string" && "sha256" in file.hashes;
}
