/** What a Node project wants installed, and which package manager wrote its lock. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Manager = "npm" | "pnpm" | "yarn";

export interface Packages {
  readonly folder: string;
  readonly manager: Manager;
  /** E.g. `pnpm@9.1.0`: what runs when the manager is not on PATH. */
  readonly release: string;
  /** Null: nothing is pinned. */
  readonly lock: string | null;
  /** Files that decide, absolute. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

export const LOCKS = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"] as const;
const SETTINGS = [".npmrc", ".yarnrc.yml", ".yarnrc", "pnpm-workspace.yaml"] as const;
export const PACKAGE_FILES: readonly string[] = ["package.json", ...LOCKS, ...SETTINGS];

/** Of the nearest `package.json` that has dependencies. */
export function findPackages(folders: readonly string[]): Packages | null {
  const folder = folders.find((one) => hasDependencies(readManifest(join(one, "package.json"))));
  return folder === undefined ? null : packagesOf(folder);
}

/** The same, but when that one has no lock and is a part of a workspace: of the whole. */
export function findWithWorkspace(folders: readonly string[]): Packages | null {
  const found = findPackages(folders);
  if (found === null || found.lock !== null) return found;
  const whole = folders.find((one) => isWorkspace(one) && LOCKS.some((name) => existsSync(join(one, name))));
  return whole === undefined ? found : packagesOf(whole);
}

/** Its packages name each other by folder. */
export const isWorkspace = (folder: string): boolean =>
  existsSync(join(folder, "pnpm-workspace.yaml")) || "workspaces" in readManifest(join(folder, "package.json"));

/** Whether something is installed from a folder beside the manifest. */
export const namesFolders = (folder: string): boolean =>
  isWorkspace(folder) || /"(?:file|link|workspace):/.test(JSON.stringify(readManifest(join(folder, "package.json"))));

function packagesOf(folder: string): Packages {
  const lock = LOCKS.find((name) => existsSync(join(folder, name))) ?? null;
  const files = PACKAGE_FILES.map((name) => join(folder, name)).filter((path) => existsSync(path));
  const manager = lock === "pnpm-lock.yaml" ? "pnpm" : lock === "yarn.lock" ? "yarn" : "npm";
  const notes =
    existsSync(join(folder, "bun.lock")) && lock === null ? ["bun.lock is not read: npm resolves the packages."] : [];
  return { folder, manager, release: releaseOf(folder, manager), lock, files, notes };
}

type Manifest = Readonly<Record<string, unknown>>;

function readManifest(path: string): Manifest {
  if (!existsSync(path)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return { dependencies: { "": "" } }; // broken JSON: the package manager says where
  }
}

const hasDependencies = ({ dependencies }: Manifest): boolean =>
  typeof dependencies === "object" && dependencies !== null && Object.keys(dependencies).length > 0;

/** The project's own choice, else the newest that reads its lock. */
function releaseOf(folder: string, manager: Manager): string {
  const chosen = readManifest(join(folder, "package.json")).packageManager;
  const match = typeof chosen === "string" ? /^(npm|pnpm|yarn)@(\d+\.\d+\.\d+)/.exec(chosen) : null;
  if (match?.[1] === manager && manager !== "yarn") return match[0];
  if (manager === "pnpm") return `pnpm@${pnpmFor(readFileSync(join(folder, "pnpm-lock.yaml"), "utf8"))}`;
  if (manager === "npm") return "npm";
  const berry = readFileSync(join(folder, "yarn.lock"), "utf8").includes("__metadata:");
  return berry ? "@yarnpkg/cli-dist@4" : "yarn@1";
}

function pnpmFor(lock: string): string {
  const version = Number(/^lockfileVersion:\s*'?([\d.]+)/m.exec(lock)?.[1] ?? 9);
  if (version >= 9) return "10";
  return version >= 6 ? "8" : "7";
}
