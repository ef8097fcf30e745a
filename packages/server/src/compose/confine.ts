/**
 * What `--sandbox` needs of this machine, put together once: a runtime, the file system, a way to run tools in it. A machine
 * that cannot confine is a refusal, never a sandbox that only looks like one.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LimitValues, RunAgentError } from "@runagent/protocol";
import { type Base, type BaseRequest, resolveBase } from "../build/base/debian.ts";
import type { ConfinedTool, Confinement } from "../build/environment/confinement.ts";
import { findRuntime, type Runtime, runOnce, sweepSandboxes } from "../sandbox/index.ts";

export interface Confined {
  readonly runtime: Runtime;
  readonly base: Base;
  /** Sandboxes are made in here. */
  readonly sandboxes: string;
  readonly tools: Confinement;
}

export interface ConfineRequest extends BaseRequest {
  readonly limits: LimitValues;
}

/** Nobody: neither an account of the host nor an agent. */
const BUILDER_UID = 999_999;
const TAIL = 40;

/** Rejects with LOAD_FAILED that says what is missing and the command that mends it. */
export async function confine(request: ConfineRequest): Promise<Confined> {
  const { home, env, limits } = request;
  const runtime = findRuntime(join(home, "runc"), env.PATH ?? "");
  if (process.platform !== "linux") throw refused("a sandbox needs Linux", "Leave --sandbox out.");
  if (process.getuid?.() !== 0) throw refused("only root may make a sandbox here", "Run it as root.");
  if (runtime === null) throw refused("there is no runc", "Install it; on Debian and Ubuntu: apt-get install runc");
  const sandboxes = join(home, "sandboxes");
  await sweepSandboxes(runtime, sandboxes);
  const base = await resolveBase(request);
  const run = ({ argv, cwd, env: variables, binds, signal, onLine }: ConfinedTool) => {
    const id = `build-${randomBytes(4).toString("hex")}`;
    return runOnce({
      ...{ runtime, id, rootfs: base.rootfs, uid: BUILDER_UID, tail: TAIL, signal, onLine },
      directory: join(sandboxes, id),
      ...{ argv, cwd, binds: binds.filter(({ from }) => existsSync(from)), env: variables },
      resources: {
        memoryBytes: limits.sandbox_memory,
        cpu: null,
        pids: limits.sandbox_pids,
        openFiles: limits.sandbox_open_files,
        shmBytes: limits.sandbox_shm,
      },
    });
  };
  return { runtime, base, sandboxes, tools: { key: base.key, python: base.python, node: base.node, run } };
}

const refused = (why: string, hint: string): RunAgentError =>
  new RunAgentError("LOAD_FAILED", `--sandbox: ${why}.`, { hint });
