/** A copy of a framework's example that asks for one version of it; the product builds the environment from that. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { command } from "../run/command.ts";
import { type FrameworkRow, NEWEST_PYTHON, OLDEST_PYTHON } from "./frameworks.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CACHE = join(ROOT, "node_modules/.cache/matrix");

export type Which = "oldest" | "newest";

export interface VersionFolder {
  readonly path: string;
  readonly version: string;
  /** `Python 3.10`, `Node 24.1`. */
  readonly runtime: string;
}

export async function versionFolder(row: FrameworkRow, which: Which): Promise<VersionFolder> {
  const path = join(CACHE, row.name, which);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(CACHE, { recursive: true });
  cpSync(join(ROOT, "examples", row.name), path, { recursive: true, filter: (from) => !from.endsWith("node_modules") });
  const pins = { ...row.oldest.with, [row.package]: row.oldest.version };
  if (row.language === "node") {
    if (which === "oldest") await pinPackages(path, pins);
    return { path, version: lockedPackage(path, row.package), runtime: `Node ${process.versions.node}` };
  }
  if (which === "oldest") pinRequirements(path, pins);
  const python = which === "oldest" ? (row.oldest.python ?? OLDEST_PYTHON) : (row.newestPython ?? NEWEST_PYTHON);
  writeFileSync(join(path, ".python-version"), `${python}\n`);
  return { path, version: lockedRequirement(path, row.package), runtime: `Python ${python}` };
}

/** What the example asks for, in the versions of that time. */
function pinRequirements(path: string, pins: Readonly<Record<string, string>>): void {
  const asked = readFileSync(join(path, "requirements.in"), "utf8").trim().split("\n");
  const names = asked.map((line) => /^[\w.-]+/.exec(line)?.[0] ?? line);
  const pinned = asked.map((line, index) => withPin(line, pins[names[index] ?? ""]));
  const others = Object.entries(pins).filter(([name]) => !names.includes(name));
  const lines = [...pinned, ...others.map(([name, version]) => withPin(name, version))];
  writeFileSync(join(path, "requirements.txt"), `${lines.join("\n")}\n`);
}

/** A version, or a range. */
const withPin = (name: string, version: string | undefined): string =>
  version === undefined ? name : /^\d/.test(version) ? `${name}==${version}` : `${name}${version}`;

async function pinPackages(path: string, pins: Readonly<Record<string, string>>): Promise<void> {
  const file = join(path, "package.json");
  const asked: { dependencies: Record<string, string> } = JSON.parse(readFileSync(file, "utf8"));
  const dependencies = { ...asked.dependencies, ...pins };
  writeFileSync(file, `${JSON.stringify({ ...asked, dependencies }, null, 2)}\n`);
  rmSync(join(path, "package-lock.json"), { force: true });
  const { ok, output } = await command(["npm", "install", "--package-lock-only"], { cwd: path });
  if (!ok) throw new Error(`${path}: ${output}`);
}

function lockedRequirement(path: string, name: string): string {
  const line = new RegExp(`^${name}(?:\\[[^\\]]*\\])?==([^\\s;\\\\]+)`, "m");
  const found = line.exec(readFileSync(join(path, "requirements.txt"), "utf8"))?.[1];
  if (found === undefined) throw new Error(`${path}/requirements.txt does not pin ${name}`);
  return found.trim();
}

function lockedPackage(path: string, name: string): string {
  const lock: { packages: Record<string, { version?: string }> } = JSON.parse(
    readFileSync(join(path, "package-lock.json"), "utf8"),
  );
  const found = lock.packages[`node_modules/${name}`]?.version;
  if (found === undefined) throw new Error(`${path}/package-lock.json does not lock ${name}`);
  return found;
}
