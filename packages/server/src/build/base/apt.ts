/** The machine's own `apt` and `dpkg-deb`, with lists and a state of their own: the machine's are left alone. */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { run } from "../environment/command.ts";

export interface Work {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly progress: (line: string, by?: "tool") => void;
  readonly signal: AbortSignal;
}

export interface Download {
  /** Of apt; the caller removes it. */
  readonly folder: string;
  readonly packages: readonly string[];
  /** What is there already, as dpkg's status file has it. */
  readonly installed: string;
}

/** The archives of the packages and of what they need beside what is installed. Rejects with LOAD_FAILED. */
export async function download(work: Work, { folder, packages, installed }: Download): Promise<string[]> {
  for (const name of ["state/lists/partial", "cache/archives/partial"])
    await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, "status"), installed);
  const options = [
    `Dir::State=${join(folder, "state")}`,
    `Dir::State::status=${join(folder, "status")}`,
    `Dir::Cache=${join(folder, "cache")}`,
    "APT::Install-Recommends=0",
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  await must(work, "read the package lists", ["apt-get", ...options, "update"]);
  const words = ["--yes", "--download-only", "--no-remove", "install", ...packages];
  await must(work, "download the packages", ["apt-get", ...options, ...words]);
  const archives = join(folder, "cache/archives");
  return (await readdir(archives)).filter((name) => name.endsWith(".deb")).map((name) => join(archives, name));
}

/** Links of the skeleton stay: packages still name /bin and /lib. A file that is there is replaced, never written into. */
const UNPACK = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"';

/** No script of a package runs. Resolves with what dpkg's status file would say of them. */
export async function unpack(work: Work, archives: readonly string[], rootfs: string): Promise<string> {
  const said: string[] = [];
  for (const archive of archives) {
    await must(work, "unpack", ["sh", "-c", UNPACK, "unpack", archive, rootfs]);
    const control = await must(work, "read a package", ["dpkg-deb", "--field", archive]);
    said.push(`${control.trim()}\nStatus: install ok installed\n`);
  }
  return said.join("\n");
}

/** What apt says of a name that it does not know. */
const UNKNOWN =
  /Unable to locate package (\S+)|Package '?([^\s']+)'? has no installation candidate|Version '([^']+)' for/;

export async function must(work: Work, what: string, argv: readonly string[]): Promise<string> {
  const [file = "", ...args] = argv;
  const env = { ...work.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" };
  const quiet = file === "dpkg-deb"; // its answer is for us
  const onLine = (line: string): void => void (quiet || work.progress(`  ${line.trim()}`, "tool"));
  const { code, tail, stdout } = await run({ file, args, cwd: "/", env, signal: work.signal, onLine });
  if (code === 0) return stdout;
  const traceback = tail.join("\n");
  const name = UNKNOWN.exec(traceback)?.slice(1).find(Boolean);
  if (name !== undefined) throw unknownPackage(name, traceback);
  const hint = "It is built by apt-get: on Debian and Ubuntu, with packages that can be reached.";
  const detail = `The sandbox's file system cannot be built: ${what} failed.`;
  throw new RunAgentError("LOAD_FAILED", detail, { hint, traceback });
}

export function unknownPackage(name: string, traceback = ""): RunAgentError {
  const detail = `runagent.config.json: runtime.packages names ${JSON.stringify(name)}, which is no Debian package here.`;
  const hint = "Look for its name with `apt-cache search`; Python's and Node's packages go into their own lists.";
  return new RunAgentError("LOAD_FAILED", detail, { hint, ...(traceback === "" ? {} : { traceback }) });
}
