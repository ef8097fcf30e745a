/**
 * The file system that every sandbox begins with, made of Debian packages by the machine's own `apt`: Python, certificates,
 * time zones, a shell, the shared libraries that wheels expect; and the Node that we bring. Nothing of the host is in it.
 * `runtime.packages` are a layer above it (`layer.ts`). Content-addressed: built once for a list, shared read-only.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { cached } from "../environment/cache.ts";
import { download, must, unpack } from "./apt.ts";
import { addLayer } from "./layer.ts";

export interface BaseRequest {
  /** RUNAGENT_HOME. */
  readonly home: string;
  /** Further Debian packages: `runtime.packages`. */
  readonly packages: readonly string[];
  /** The Node that is put into it. */
  readonly node: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: (line: string, by?: "tool") => void;
  readonly signal: AbortSignal;
}

export interface Base {
  readonly rootfs: string;
  readonly key: string;
  /** Paths inside. */
  readonly python: string;
  readonly node: string;
}

const FORMAT = "debian 11";
const PACKAGES = [
  ...["base-files", "base-passwd", "bash", "coreutils", "dash", "findutils", "grep", "gzip", "procps", "sed", "tar"],
  ...["ca-certificates", "tzdata", "git", "openssl", "libstdc++6", "libgomp1", "libffi8", "libssl3"],
  ...["python3", "python3-venv"],
];
/** Where sandboxes mount something, and what programs expect to be there. */
const FOLDERS = [
  ...["agent", "dev", "env", "home/agent", "proc", "run/runagent", "src", "sys", "tmp", "var/tmp"],
  ...["opt/runagent/bundle", "opt/runagent/node", "opt/runagent/runagent_worker"],
];
const FILES = ["usr/local/bin/uv", "etc/passwd", "etc/group", "etc/hosts", "etc/resolv.conf"];
const MERGED = ["bin", "sbin", "lib", "lib64"];

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function resolveBase(request: BaseRequest): Promise<Base> {
  const key = await keyOf();
  const { directory, ms } = await cached({
    folder: join(request.home, "bases"),
    key,
    keep: DEFAULT_LIMITS.base_cache,
    signal: request.signal,
    onWait: () => request.progress("Another runagent is building the sandbox's file system; waiting for it"),
    works: (at) => existsSync(join(at, "rootfs/usr/bin/python3")),
    build: async (at) => {
      request.progress("Building the sandbox's file system from Debian packages, once");
      await build(request, at);
      return "apt";
    },
  });
  if (ms > 0) request.progress(`The sandbox's file system was built in ${(ms / 1000).toFixed(1)} s`);
  const top = request.packages.length === 0 ? { directory, key } : await addLayer(request, { directory, key });
  const inside = { python: "/usr/bin/python3", node: "/usr/local/bin/node" };
  return { rootfs: join(top.directory, "rootfs"), key: top.key, ...inside };
}

async function keyOf(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const parts = [FORMAT, process.arch, release, process.version, ...PACKAGES];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 20);
}

async function build(request: BaseRequest, directory: string): Promise<void> {
  const rootfs = join(directory, "rootfs");
  const folder = join(directory, "apt");
  await skeleton(rootfs);
  const archives = await download(request, { folder, packages: PACKAGES, installed: "" });
  await writeFile(join(directory, "status"), await unpack(request, archives, rootfs));
  await finish(rootfs, request.node);
  await compile(request, rootfs);
  await must(request, "tidy up", ["rm", "-rf", folder]);
}

async function skeleton(rootfs: string): Promise<void> {
  for (const name of MERGED) {
    await mkdir(join(rootfs, "usr", name), { recursive: true });
    await symlink(`usr/${name}`, join(rootfs, name));
  }
}

async function finish(rootfs: string, node: string): Promise<void> {
  for (const name of FOLDERS) await mkdir(join(rootfs, name), { recursive: true });
  await mkdir(join(rootfs, "usr/local/bin"), { recursive: true });
  for (const name of FILES) await writeFile(join(rootfs, name), "");
  await copyFile(node, join(rootfs, "usr/local/bin/node"));
  await certificates(rootfs);
}

/** By the time and size of its source: a layer may replace one. What cannot be compiled is left to whoever imports it. */
const COMPILE = `import compileall, os, py_compile
by_time = py_compile.PycInvalidationMode.TIMESTAMP
compileall.compile_dir(os.path.dirname(os.__file__), quiet=2, invalidation_mode=by_time)`;

/**
 * The bytecode of the standard library, which the packages' own scripts would make: nobody can write it in a sandbox, so
 * each start would compile it again (five times the CPU time of importing it).
 */
async function compile(request: BaseRequest, rootfs: string): Promise<void> {
  const chroot = join(rootfs, "usr/sbin/chroot"); // often in no PATH of the host
  await must(request, "compile the standard library", [chroot, rootfs, "/usr/bin/python3", "-I", "-c", COMPILE]);
}

/** What the package's own script would make. */
async function certificates(rootfs: string): Promise<void> {
  const folder = join(rootfs, "usr/share/ca-certificates/mozilla");
  const texts = await Promise.all((await readdir(folder)).sort().map((name) => readFile(join(folder, name), "utf8")));
  await mkdir(join(rootfs, "etc/ssl/certs"), { recursive: true });
  await writeFile(join(rootfs, "etc/ssl/certs/ca-certificates.crt"), texts.join(""));
}
