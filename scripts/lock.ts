/**
 * `npm run lock`: completes package-lock.json with the builds of packages for other platforms. A registry that keeps only
 * some platforms makes npm leave the others out, and then `npm ci` refuses the lock, here and elsewhere. What is written
 * is what the depending package pins exactly; without a hash, because the registry had none. `-- --check` only looks.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const FILE = resolve(import.meta.dirname, "../package-lock.json");
const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const MACHINES = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const LIBRARIES: Readonly<Record<string, string>> = { musl: "musl", gnu: "glibc" };

const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync(FILE, "utf8"));
const missing = Object.entries(lock.packages).flatMap(([path, one]) => platformsMissing(path, one));
for (const [path] of missing) process.stdout.write(`${path}: not in package-lock.json\n`);
if (process.argv.includes("--check")) process.exitCode = missing.length === 0 ? 0 : 1;
else write();

function write(): void {
  const all = { ...lock.packages, ...Object.fromEntries(missing) };
  const packages = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(FILE, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
}

/** Exactly pinned optional dependencies that stand nowhere on the way from the package to the root. */
function platformsMissing(path: string, one: Locked): [string, Locked][] {
  return Object.entries(one.optionalDependencies ?? {}).flatMap(([name, version]): [string, Locked][] => {
    const platform = platformOf(name);
    if (!/^\d/.test(version) || platform === null || isLocked(path, name, version)) return [];
    const atRoot = `node_modules/${name}`;
    const place = lock.packages[atRoot] === undefined ? atRoot : `${path}/node_modules/${name}`;
    return [[place, { version, ...platform, ...(one.dev === true ? { dev: true } : {}), optional: true }]];
  });
}

function isLocked(path: string, name: string, version: string): boolean {
  const nested = lock.packages[`${path}/node_modules/${name}`] ?? lock.packages[`node_modules/${name}`];
  return nested?.version === version;
}

/** What a name such as `@swc/core-linux-arm-gnueabihf` says. */
function platformOf(name: string): Pick<Locked, "os" | "cpu" | "libc"> | null {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => MACHINES.includes(word));
  if (os === undefined || cpu === undefined) return null;
  const libc = words.map((word) => LIBRARIES[word.replace(/eabi(hf)?$/, "")]).find((word) => word !== undefined);
  return { cpu: [cpu], ...(os === "linux" && libc !== undefined ? { libc: [libc] } : {}), os: [os] };
}
