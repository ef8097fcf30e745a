/** A sandbox that confines: the container of an OCI runtime. Paths in `spec` and `command` are those inside. */
import { randomInt } from "node:crypto";
import { basename, join } from "node:path";
import type { AgentSpec, LimitValues, LogRecord } from "@runagent/protocol";
import { type Place as ChannelPlace, ChannelSandbox, type Inheritance } from "./channel-sandbox.ts";
import { Cgroup, cgroupOf } from "./container/cgroup.ts";
import { ContainerDriver } from "./container/driver.ts";
import { Freezer } from "./container/freezer.ts";
import { FolderLedger, type FoundSandbox, type Sheet } from "./container/ledger.ts";
import { AGENT_HOME, type Bind, PATH } from "./container/oci-config.ts";
import { adoptPlace, INSIDE, openPlace, type Place, type PlaceOrder } from "./container/place.ts";
import type { Runtime } from "./container/runtime.ts";
import type { Resume, Sandbox } from "./ports.ts";
import { workerCommand } from "./process/driver.ts";
import { Output } from "./process/output.ts";

export { INSIDE } from "./container/place.ts";

export interface ContainerSandboxOptions {
  readonly language: "python" | "node";
  readonly runtime: Runtime;
  readonly rootfs: string;
  /** On the host. */
  readonly agent: string;
  /** Inside: absolute. */
  readonly interpreter: string;
  readonly workerFile: string;
  readonly spec: AgentSpec;
  readonly binds: readonly Bind[];
  /** What the agent's environment has beside what every sandbox has. */
  readonly env: Readonly<Record<string, string>>;
  readonly sandboxes: string;
  /** A folder for the socket that this sandbox has alone. */
  readonly directory: string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly cpu: number | null;
  /** Its namespace, when it is there; null: none but loopback. */
  readonly network: Promise<string> | null;
  /** It lives on without this server, under this name of its version, for `sandbox_orphan`; null: it ends with us. */
  readonly detached: string | null;
  /** Frozen when it had no run for `sandbox_idle`. */
  readonly parks: boolean;
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

/** Far from the accounts of any host; one a sandbox, so that two of them are strangers. */
const UIDS = { from: 1_000_000, to: 1_900_000 };

export function startContainerSandbox(options: ContainerSandboxOptions): Sandbox {
  return confined(options, { uid: randomInt(UIDS.from, UIDS.to), place: openPlace, inheritance: null });
}

/**
 * A sandbox that an earlier server left or was killed beside, as if it had been started here. `options`: those that it was
 * started with. Its `loaded` resolves when whoever lives is back; runs that `resume` was not asked for by then are lost.
 */
export function adoptContainerSandbox(found: FoundSandbox, options: ContainerSandboxOptions, resume: Resume): Sandbox {
  const kept = { name: found.id, description: found.description, processes: found.processes };
  const settled = { ...options, detached: found.key, directory: found.sockets };
  return confined(settled, { uid: found.uid, place: adoptPlace, inheritance: { kept, resume } });
}

interface Beginning {
  readonly uid: number;
  readonly place: (order: PlaceOrder) => Promise<Place>;
  readonly inheritance: Inheritance | null;
}

function confined(options: ContainerSandboxOptions, { uid, place, inheritance }: Beginning): Sandbox {
  const { sandboxes, directory, limits, detached } = options;
  const orphanMs = detached === null ? 0 : limits.sandbox_orphan;
  let network: string | null = null;
  options.network?.then(
    (path) => {
      network = path;
    },
    () => undefined, // told by the first launch
  );
  const sheet = (): Sheet => ({ key: detached ?? "", sockets: directory, uid, network });
  return new ChannelSandbox(
    {
      ...options,
      orphanSeconds: orphanMs / 1000,
      parkAfterMs: options.parks ? limits.sandbox_idle : null,
      ledger: detached === null ? null : (name) => new FolderLedger(join(sandboxes, name), sheet),
      onHost: () => undefined, // what it reaches is counted where it is dialled
      newDriver: (at) => newDriver(options, { at, uid, orphanMs, place }),
    },
    inheritance,
  );
}

interface Driving extends Pick<Beginning, "uid" | "place"> {
  readonly at: ChannelPlace;
  readonly orphanMs: number;
}

function newDriver(options: ContainerSandboxOptions, { at, uid, orphanMs, place }: Driving): ContainerDriver {
  const { language, interpreter, workerFile, onLog, limits, memoryBytes, cpu } = options;
  const { name, socket, listening } = at;
  const [cgroup, freezer] = [new Cgroup(cgroupOf(name)), new Freezer(cgroupOf(name))];
  const output = new Output({ onLog, maxLine: limits.log_line, maxTail: limits.last_output });
  const made = place({
    ...options,
    ...{ id: name, uid, socket, listening, cgroup, freezer, orphanMs },
    resources: { memoryBytes, cpu },
    onOutput: (from, stream) => output.read(from, stream),
  });
  made.catch(() => undefined); // told by the first launch
  return new ContainerDriver({
    ...{ place: made, cgroup, freezer, orphanMs, output, limits },
    command: workerCommand({ language, interpreter, workerFile, nodeArgs: [] }),
    env: { PATH, HOME: AGENT_HOME, USER: "agent", LANG: "C.UTF-8", ...options.env },
    socket: join(INSIDE.socket, basename(socket)),
  });
}
