/**
 * What `--sandbox` needs of this machine, put together once: a runtime, the file system, a way to run tools in it. A machine
 * that cannot confine is a refusal, never a sandbox that only looks like one.
 */
import { join } from "node:path";
import { type LimitValues, type Problem, problem, RunAgentError } from "@runagent/protocol";
import { type Base, type BaseRequest, resolveBase } from "../build/base/debian.ts";
import type { Confinement } from "../build/environment/index.ts";
import type { MappedHost } from "../egress/index.ts";
import { findRuntime, isRoot, lookAtGroups, lookAtRuntime, type Runtime, sweepSandboxes } from "../sandbox/index.ts";
import { buildRunner, sweepBuilds } from "./build-room.ts";

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
  /** `--map-host`. */
  readonly mapped: readonly MappedHost[];
}

/** Null: this machine can; else what is missing, and the command that mends it. What the doctor says, less what is slow. */
export function cannotConfine(path: string): Problem | null {
  const runtime = lookAtRuntime(path);
  const first = runtime.verdict === "refused" ? runtime : lookAtGroups();
  if (first.verdict !== "refused") return null;
  const mending = isRoot() ? `This mends it: ${first.mend}.` : "Run this command as root, with sudo.";
  const hint = `${mending} What else is missing: \`runagent server doctor\`.`;
  return problem("CONFLICT", `Agents cannot be confined here: ${first.found}.`, { hint });
}

const noImages = (image: string): RunAgentError =>
  new RunAgentError("LOAD_FAILED", `--sandbox: the image ${image} of \`runtime.image\` cannot be used yet.`, {
    hint: "Leave `runtime.image` out; Debian packages are named in `runtime.packages`.",
  });

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confine(request: ConfineRequest): Promise<Confined> {
  const { home, env, limits, image, mapped } = request;
  if (image !== null) throw noImages(image); // another file system than the wanted one would be worse
  const runtime = findRuntime(join(home, "runc"), env.PATH ?? "");
  if (runtime === null) throw new RunAgentError("LOAD_FAILED", "--sandbox: runc is no longer there.");
  const sandboxes = join(home, "sandboxes");
  await sweepSandboxes(runtime, sandboxes, "kept");
  await sweepBuilds(home);
  const base = await resolveBase(request);
  const run = buildRunner({ ...{ runtime, sandboxes, home, limits, mapped }, rootfs: base.rootfs });
  return { runtime, base, sandboxes, tools: { key: base.key, python: base.python, node: base.node, limits, run } };
}
