/** Starts the sandbox of one version inside a container: paths of the host become those inside, and back again. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AgentConfig, AgentSpec, Description, LimitValues, LogRecord } from "@runagent/protocol";
import type { Exit } from "../egress/index.ts";
import {
  adoptContainerSandbox,
  type Bind,
  type ContainerSandboxOptions,
  type FoundSandbox,
  INSIDE,
  Rooms,
  type Sandbox,
  startContainerSandbox,
} from "../sandbox/index.ts";
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
  /** What a later server finds it by; null: it ends with us. */
  readonly detached: string | null;
  /** What an earlier server left of it; null: it is started. */
  readonly found: FoundSandbox | null;
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

/**
 * In scope `session` and `run` a container for each worker: runs of one container can see what others leave. Those end with
 * us, whatever was asked for.
 */
export function startConfined(start: ConfinedStart): Sandbox {
  if (start.config.isolation.scope === "agent") return startContainer(start);
  return new Rooms(() => startContainer({ ...start, detached: null, found: null }));
}

function startContainer(start: ConfinedStart): Sandbox {
  const { found, root } = start;
  const exit = start.openExit();
  const directory = found?.sockets ?? mkdtempSync(join(start.sockets, "s"));
  const options = optionsOf(start, { exit, directory });
  // Runs that it still has are nobody's: who waited for them has gone with the server.
  const sandbox = found === null ? startContainerSandbox(options) : adoptContainerSandbox(found, options, () => null);
  const loaded = sandbox.loaded.then((description) => seenFromOutside(description, root));
  return { ...bound(sandbox, { exit, directory }), loaded };
}

/** What goes with the container. */
interface Belongings {
  readonly exit: Promise<Exit>;
  /** Of its socket. */
  readonly directory: string;
}

function optionsOf(start: ConfinedStart, { exit, directory }: Belongings): ContainerSandboxOptions {
  const { confined, language, interpreter, workerFile, binds, root, config, spec, env, detached, limits, onLog } =
    start;
  const network = exit.then((one) => one.network);
  network.catch(() => undefined); // told by the first launch
  return {
    ...{ language, interpreter, workerFile, binds, env, directory, network, detached, onLog, limits },
    ...{ runtime: confined.runtime, rootfs: confined.base.rootfs, sandboxes: confined.sandboxes },
    agent: root,
    spec: { ...spec, root: INSIDE.agent },
    memoryBytes: config.resources.memory ?? limits.sandbox_memory,
    diskBytes: config.resources.disk ?? limits.sandbox_disk,
    cpu: config.resources.cpu,
    parks: true,
  };
}

/** Its methods, whatever becomes of the object that has them. */
function bound(sandbox: Sandbox, { exit, directory }: Belongings): Omit<Sandbox, "loaded"> {
  let left = false;
  return {
    can: sandbox.can,
    spawn: (options) => sandbox.spawn(options),
    park: () => sandbox.park(),
    wake: () => sandbox.wake(),
    leave() {
      left = true;
      return sandbox.leave();
    },
    async close(graceMs) {
      await sandbox.close(graceMs);
      if (left) return; // it goes on, with its way out
      await exit.then(
        (one) => one.close(),
        () => undefined, // it was never made
      );
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What is watched are the user's own files. */
function seenFromOutside(description: Description, root: string): Description {
  const own = description.files.filter((file) => file.startsWith(`${INSIDE.agent}/`));
  return { ...description, files: own.map((file) => join(root, file.slice(INSIDE.agent.length))) };
}
