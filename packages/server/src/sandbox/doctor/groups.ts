/**
 * Control groups, tried: a group is made, gets each limit that a sandbox has, is asked for it, and is removed. On v1 and
 * hybrid machines every controller has its own tree.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { advisory, enforced, type Finding, refused } from "./finding.ts";

const NEED = "control groups";
const ROOT = "/sys/fs/cgroup";
const LIMIT_BYTES = 64 << 20;

interface Limit {
  readonly controller: string;
  /** File and value, on v1 and on v2. */
  readonly v1: readonly [file: string, value: string];
  readonly v2: readonly [file: string, value: string];
}

const LIMITS: readonly Limit[] = [
  {
    controller: "memory",
    v1: ["memory.limit_in_bytes", String(LIMIT_BYTES)],
    v2: ["memory.max", String(LIMIT_BYTES)],
  },
  { controller: "cpu", v1: ["cpu.cfs_quota_us", "50000"], v2: ["cpu.max", "50000 100000"] },
  { controller: "pids", v1: ["pids.max", "64"], v2: ["pids.max", "64"] },
];

export function lookAtGroups(): Finding {
  const unified = existsSync(join(ROOT, "cgroup.controllers"));
  const version = unified ? "v2" : existsSync(join(ROOT, "unified")) ? "hybrid" : "v1";
  if (!unified && !existsSync(join(ROOT, "memory"))) {
    return refused(NEED, "none is mounted", `mount -t cgroup2 none ${ROOT}`);
  }
  const missing = LIMITS.filter((limit) => !holds(limit, unified)).map((one) => one.controller);
  if (missing.length > 0) {
    const mend = unified
      ? `echo '${missing.map((name) => `+${name}`).join(" ")}' > ${join(ROOT, "cgroup.subtree_control")}`
      : `mkdir -p ${join(ROOT, missing[0] ?? "")} && mount -t cgroup -o ${missing[0]} none ${join(ROOT, missing[0] ?? "")}`;
    return refused(NEED, `${version}; no limit can be set for ${missing.join(", ")}`, mend);
  }
  const second = join(ROOT, "unified");
  if (freezes(unified ? ROOT : second)) return enforced(NEED, `${version}: memory, cpu, pids, freezer`);
  const mend = `mkdir -p ${second} && mount -t cgroup2 none ${second}`;
  return advisory(NEED, `${version}: memory, cpu, pids; nothing can be frozen`, mend);
}

/** By cgroup v2, also beside v1: what the freezer of v1 has frozen cannot be killed. */
function freezes(root: string): boolean {
  const group = join(root, `runagent-doctor-freezer-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return false; // it is not mounted, or not ours to use
  }
  try {
    writeFileSync(join(group, "cgroup.freeze"), "1");
    return readFileSync(join(group, "cgroup.freeze"), "utf8").trim() === "1";
  } catch {
    return false;
  } finally {
    rmdirSync(group);
  }
}

/** Whether a group of it can be made and keeps the limit. */
function holds({ controller, v1, v2 }: Limit, unified: boolean): boolean {
  const [file, value] = unified ? v2 : v1;
  const group = join(unified ? ROOT : join(ROOT, controller), `runagent-doctor-${process.pid}`);
  try {
    mkdirSync(group);
  } catch {
    return false; // no such controller, or not ours to use
  }
  try {
    // As the runtime does it: a child has what its parent hands on.
    if (!existsSync(join(group, file))) writeFileSync(join(ROOT, "cgroup.subtree_control"), `+${controller}`);
    writeFileSync(join(group, file), value);
    return readFileSync(join(group, file), "utf8").trim() === value;
  } catch {
    return false;
  } finally {
    rmdirSync(group);
  }
}
