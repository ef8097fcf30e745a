/** Starts the sandbox of one version inside a container: paths of the host become those inside, and back again. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AgentConfig, AgentSpec, Description, LimitValues, LogRecord } from "@runagent/protocol";
import type { Exit } from "../egress/index.ts";
import { type Bind, INSIDE, Rooms, type Sandbox, startContainerSandbox } from "../sandbox/index.ts";
import type { Confined } from "./confine.ts";

export interface ConfinedStart {
  readonly confined: Confined;
  readonly language: "python" | "node";
  /** Inside. */
  readonly interpreter: string;
  readonly workerFile: string;
  /** Read-only: the environment, the worker, bundles. */
  readonly binds: readonly Bind[];
  readonly root: string;
  readonly config: AgentConfig;
  readonly spec: AgentSpec;
  /** Of the agent: only what somebody named, and what its environment needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Sockets are made below it. */
  readonly sockets: string;
  /** A way out of its own for each container. */
  readonly openExit: () => Promise<Exit>;
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

let started = 0;

/** In scope `session` and `run` a container for each worker: runs of one container can see what others leave. */
export function startConfined(start: ConfinedStart): Sandbox {
  return start.config.isolation.scope === "agent" ? startContainer(start) : new Rooms(() => startContainer(start));
}

function startContainer(start: ConfinedStart): Sandbox {
  const { confined, language, interpreter, workerFile, binds, root, config, spec, env, limits, onLog } = start;
  const exit = start.openExit();
  const sockets = join(start.sockets, String(++started));
  mkdirSync(sockets, { recursive: true, mode: 0o700 });
  const network = exit.then((one) => one.network);
  network.catch(() => undefined); // told by the first launch
  const sandbox = startContainerSandbox({
    ...{ language, interpreter, workerFile, binds, env },
    ...{ runtime: confined.runtime, rootfs: confined.base.rootfs, sandboxes: confined.sandboxes },
    agent: root,
    spec: { ...spec, root: INSIDE.agent },
    directory: sockets,
    memoryBytes: config.resources.memory ?? limits.sandbox_memory,
    diskBytes: config.resources.disk ?? limits.sandbox_disk,
    cpu: config.resources.cpu,
    network,
    ...{ detached: null, parks: true },
    ...{ onLog, limits },
  });
  return { ...bound(sandbox, exit), loaded: sandbox.loaded.then((description) => seenFromOutside(description, root)) };
}

/** Its methods, whatever becomes of the object that has them. */
const bound = (sandbox: Sandbox, exit: Promise<Exit>): Omit<Sandbox, "loaded"> => ({
  can: sandbox.can,
  spawn: (options) => sandbox.spawn(options),
  park: () => sandbox.park(),
  wake: () => sandbox.wake(),
  leave: () => sandbox.leave(),
  async close(graceMs) {
    await sandbox.close(graceMs);
    await exit.then(
      (one) => one.close(),
      () => undefined, // it was never made
    );
  },
});

/** What is watched are the user's own files. */
function seenFromOutside(description: Description, root: string): Description {
  const own = description.files.filter((file) => file.startsWith(`${INSIDE.agent}/`));
  return { ...description, files: own.map((file) => join(root, file.slice(INSIDE.agent.length))) };
}
