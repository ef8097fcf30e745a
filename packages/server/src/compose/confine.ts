/**
 * What `--sandbox` needs of this machine, put together once: a runtime, the file system, a way to run tools in it. A machine
 * that cannot confine is a refusal, never a sandbox that only looks like one.
 */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type LimitValues, type Problem, problem, RunAgentError } from "@runagent/protocol";
import { type Base, type BaseRequest, resolveBase } from "../build/base/debian.ts";
import type { ConfinedTool, Confinement } from "../build/environment/confinement.ts";
import { findRuntime, lookAtGroups, lookAtRuntime, type Runtime, runOnce, sweepSandboxes } from "../sandbox/index.ts";

export interface Confined {
  readonly runtime: Runtime;
  readonly base: Base;
  /** Sandboxes are made in here. */
  readonly sandboxes: string;
  readonly tools: Confinement;
}

export interface ConfineRequest extends BaseRequest {
  /** `runtime.image`. */
  readonly image: string | null;
  readonly limits: LimitValues;
}

/** Nobody: neither an account of the host nor an agent. */
const BUILDER_UID = 999_999;
const TAIL = 40;

/** Null: this machine can; else what is missing, and the command that mends it. What the doctor says, less what is slow. */
export function cannotConfine(path: string): Problem | null {
  const runtime = lookAtRuntime(path);
  const first = runtime.verdict === "refused" ? runtime : lookAtGroups();
  if (first.verdict !== "refused") return null;
  const hint = `This mends it: ${first.mend}. What else is missing: runagent server doctor`;
  return problem("CONFLICT", `--sandbox: ${first.found}.`, { hint });
}

const noImages = (image: string): RunAgentError =>
  new RunAgentError("LOAD_FAILED", `--sandbox: the image ${image} of \`runtime.image\` cannot be used yet.`, {
    hint: "Leave `runtime.image` out; Debian packages are named in `runtime.packages`.",
  });

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confine(request: ConfineRequest): Promise<Confined> {
  const { home, env, limits, image } = request;
  if (image !== null) throw noImages(image); // another file system than the wanted one would be worse
  const runtime = findRuntime(join(home, "runc"), env.PATH ?? "");
  if (runtime === null) throw new RunAgentError("LOAD_FAILED", "--sandbox: runc is no longer there.");
  const sandboxes = join(home, "sandboxes");
  await sweepSandboxes(runtime, sandboxes, "kept");
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
