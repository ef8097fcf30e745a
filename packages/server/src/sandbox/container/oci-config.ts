/**
 * The OCI runtime's configuration of one sandbox: what agent code sees and may. No capability, no new privilege, its own
 * pid, mount, ipc, uts, cgroup and network view, a read-only root. What is not mounted here is not there.
 * Source: https://github.com/opencontainers/runtime-spec
 */
import { seccompProfile } from "./seccomp.ts";

export interface ContainerPlan {
  /** Absolute paths. */
  readonly rootfs: string;
  /** The path of a network namespace that was made for it; null: an empty one with loopback; `host`: the machine's. */
  readonly network: string | null;
  readonly cgroup: string;
  /** Of the agent; no account of the host. */
  readonly uid: number;
  /** The first process, and where it stands. */
  readonly init: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts: readonly Bind[];
  readonly resources: ContainerResources;
}

export interface Bind {
  readonly from: string;
  readonly to: string;
  readonly writable: boolean;
}

export interface ContainerResources {
  readonly memoryBytes: number;
  /** Cores; null: no limit. */
  readonly cpu: number | null;
  readonly pids: number;
  readonly openFiles: number;
  readonly shmBytes: number;
}

export const AGENT_HOME = "/home/agent";
export const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export function ociConfig(plan: ContainerPlan): object {
  const { rootfs, resources } = plan;
  return {
    ociVersion: "1.0.2",
    root: { path: rootfs, readonly: true },
    hostname: "sandbox",
    process: firstProcess(plan),
    mounts: [...KERNEL_MOUNTS(resources), ...plan.mounts.map(bindMount)],
    linux: {
      namespaces: namespaces(plan.network),
      cgroupsPath: plan.cgroup,
      resources: kernelResources(resources),
      rootfsPropagation: "private",
      seccomp: seccompProfile(),
      maskedPaths: MASKED,
      readonlyPaths: READ_ONLY,
    },
  };
}

function firstProcess({ init, cwd, env = {}, uid, resources: { openFiles } }: ContainerPlan): object {
  const none = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] };
  return {
    terminal: false,
    user: { uid, gid: uid },
    args: init,
    env: Object.entries({ PATH, ...env }).map(([name, value]) => `${name}=${value}`),
    cwd,
    capabilities: none,
    noNewPrivileges: true,
    rlimits: [
      { type: "RLIMIT_NOFILE", hard: openFiles, soft: openFiles },
      { type: "RLIMIT_CORE", hard: 0, soft: 0 },
    ],
  };
}

function namespaces(network: string | null): object[] {
  const own = ["pid", "mount", "ipc", "uts", "cgroup"].map((type) => ({ type }));
  if (network === "host") return own;
  return [...own, network === null ? { type: "network" } : { type: "network", path: network }];
}

const CPU_PERIOD_US = 100_000;

function kernelResources({ memoryBytes, cpu, pids }: ContainerResources): object {
  return {
    devices: [{ allow: false, access: "rwm" }, ...DEVICES],
    memory: { limit: memoryBytes, swap: memoryBytes },
    pids: { limit: pids },
    ...(cpu === null ? {} : { cpu: { period: CPU_PERIOD_US, quota: Math.round(cpu * CPU_PERIOD_US) } }),
  };
}

/** null, zero, full, random, urandom, tty: the runtime makes them itself. */
const DEVICES = [
  [1, 3],
  [1, 5],
  [1, 7],
  [1, 8],
  [1, 9],
  [5, 0],
].map(([major, minor]) => ({ allow: true, type: "c", major, minor, access: "rwm" }));

const SAFE = ["nosuid", "nodev"];

const KERNEL_MOUNTS = ({ shmBytes }: ContainerResources): object[] => [
  { destination: "/proc", type: "proc", source: "proc", options: [...SAFE, "noexec"] },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  {
    destination: "/dev/shm",
    type: "tmpfs",
    source: "shm",
    options: [...SAFE, "noexec", "mode=1777", `size=${shmBytes}`],
  },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: [...SAFE, "noexec", "ro"] },
];

const bindMount = ({ from, to, writable }: Bind): object => ({
  destination: to,
  type: "bind",
  source: from,
  options: ["rbind", "rprivate", ...SAFE, writable ? "rw" : "ro"],
});

const MASKED = [
  ...["/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats"],
  ...["/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/proc/vmallocinfo"],
  ...["/sys/firmware", "/sys/devices/virtual/powercap", "/sys/kernel"],
];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
