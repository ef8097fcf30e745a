/**
 * Where builds run: a container for each tool, with a way out of its own that leads to package indexes alone and ends with
 * it. The operator's indexes may have private addresses: exactly those that they have now.
 */
import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readdir, rm, stat } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { LimitValues } from "@runagent/protocol";
import type { ConfinedTool, Confinement, Reach } from "../build/environment/index.ts";
import { type Egress, type Exit, type MappedHost, openEgress, type Report, sweepNamespaces } from "../egress/index.ts";
import { claim, isOwned, type Runtime, runOnce } from "../sandbox/index.ts";

export interface BuildRoom {
  readonly runtime: Runtime;
  readonly rootfs: string;
  /** Containers are made in here. */
  readonly sandboxes: string;
  /** RUNAGENT_HOME. */
  readonly home: string;
  readonly mapped: readonly MappedHost[];
  readonly limits: LimitValues;
}

/** Nobody: neither an account of the host nor an agent. */
const BUILDER_UID = 999_999;
const TAIL = 40;

export const buildRunner =
  (room: BuildRoom): Confinement["run"] =>
  async (tool) => {
    const out = await wayOut(room, tool);
    try {
      return await runIn(room, tool, out.exit.network);
    } finally {
      await out.close();
      await forgetOldest(downloadsOf(room.home), room.limits.build_caches);
    }
  };

/** Apart from those of agents, which may outlive a server. */
const networksOf = (home: string): string => join(home, "build-networks");

/** Takes away what builds of a server that was killed left behind; their containers are among the sandboxes. */
export const sweepBuilds = (home: string): Promise<void> => sweepNamespaces(networksOf(home), isOwned);

const downloadsOf = (home: string): string => join(home, "cache", "builds");

/** Whoever takes one moves it away first: what lies here is nobody's. */
async function forgetOldest(folder: string, keep: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const aged = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => null))?.mtimeMs ?? 0 })),
  );
  for (const { name } of aged.toSorted((a, b) => b.at - a.at).slice(keep))
    await rm(join(folder, name), { force: true });
}

function runIn({ runtime, rootfs, sandboxes, home, limits }: BuildRoom, tool: ConfinedTool, network: string) {
  const id = `build-${randomBytes(4).toString("hex")}`;
  const { argv, cwd, env, binds, signal, onLine, cache } = tool;
  const file = cache.name === null ? null : join(downloadsOf(home), `${cache.name}.img`);
  return runOnce({
    ...{ runtime, id, rootfs, network, uid: BUILDER_UID, argv, cwd, env, binds, signal, onLine },
    directory: join(sandboxes, id),
    disk: { templates: join(sandboxes, "volumes"), bytes: limits.build_disk, cache: { file, to: cache.to } },
    output: { line: limits.log_line, bytes: limits.build_output, tail: TAIL },
    resources: {
      memoryBytes: limits.build_memory,
      cpu: limits.build_cpus,
      pids: limits.build_pids,
      openFiles: limits.sandbox_open_files,
      shmBytes: limits.sandbox_shm,
    },
  });
}

async function wayOut({ home, mapped, limits }: BuildRoom, { reach, onLine }: ConfinedTool) {
  const refused = new Set<string>();
  const egress: Egress = await openEgress({
    ...{ folder: networksOf(home), mapped, limits, claim, isOwned, outlives: 0, inherited: [] },
    privateRanges: await addressesOf(reach),
    onReport: (_, report) => tell(report, refused, onLine),
    note: onLine,
  });
  try {
    const rules = [...new Set([...reach.trusted, ...reach.named])];
    const exit: Exit = await egress.open({ agent: "build", version: "build", rules });
    return {
      exit,
      async close(): Promise<void> {
        await exit.close();
        await egress.close();
      },
    };
  } catch (error) {
    await egress.close();
    throw error;
  }
}

/** As ranges of one. What is not found now is refused then. */
async function addressesOf({ trusted }: Reach): Promise<string[]> {
  const hosts = trusted.map((host) => host.replace(/:\d+$/, ""));
  const found = await Promise.all(hosts.map((host) => lookup(host, { all: true }).catch(() => [])));
  return [...new Set(found.flat().map(({ address }) => address))].map((one) => `${one}/${isIP(one) === 6 ? 128 : 32}`);
}

const SAID = new Set(["not_allowed", "port_not_allowed", "private_address", "no_public_address"]);
const MOST_SAID = 20;

/** Each host once, and not without end. */
function tell({ host, port, reason }: Report, refused: Set<string>, onLine: (line: string) => void): void {
  const target = port === null ? host : `${host}:${port}`;
  if (reason === null || !SAID.has(reason) || refused.has(target) || refused.size >= MOST_SAID) return;
  refused.add(target);
  onLine(`${target} was refused: a build reaches package indexes only, and hosts that the project's files name`);
}
