/**
 * What one sandbox takes of the host: a folder, a volume, a container. Made in order, given back in the opposite one; what
 * an earlier server left behind is found by its folder (`sweep.ts`).
 */
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LimitValues } from "@runagent/protocol";
import { copyAgent, own } from "./agent-copy.ts";
import { type Cgroup, cgroupOf } from "./cgroup.ts";
import { Container, type ContainerOrder } from "./container.ts";
import type { Freezer } from "./freezer.ts";
import { initCommand, placeInit } from "./init.ts";
import { AGENT_HOME, type Bind, type ContainerPlan, type ContainerResources } from "./oci-config.ts";
import { own as claim, disown } from "./owner.ts";
import type { Runtime } from "./runtime.ts";
import { openVolume, unmount, VOLUME, type Volume } from "./volume.ts";

export interface PlaceOrder {
  readonly runtime: Runtime;
  readonly id: string;
  /** One folder a sandbox is made in here. */
  readonly sandboxes: string;
  /** Path of the base file system. */
  readonly rootfs: string;
  readonly agent: string;
  readonly diskBytes: number;
  readonly resources: Omit<ContainerResources, "pids" | "openFiles" | "shmBytes">;
  /** Read-only: the environment, the worker, bundles. */
  readonly binds: readonly Bind[];
  readonly network: Promise<string> | null;
  readonly socket: string;
  readonly listening: Promise<void>;
  readonly uid: number;
  readonly cgroup: Cgroup;
  readonly freezer: Freezer;
  /** How long it goes on without a server; 0: it ends with us. */
  readonly orphanMs: number;
  readonly onOutput: ContainerOrder["onOutput"];
  readonly limits: LimitValues;
}

/** Where things are inside. */
export const INSIDE = {
  agent: "/agent",
  socket: "/run/runagent",
  environment: "/env",
  python: "/opt/runagent/runagent_worker",
  node: "/opt/runagent/node",
  bundle: "/opt/runagent/bundle",
  packages: "/agent/node_modules",
} as const;

/** In its folder: where its socket is. */
export const SOCKETS = "sockets";

export interface Place {
  readonly container: Container;
  /** Lets go of it without giving anything back: the next server may adopt it. */
  leave(): void;
  close(): Promise<void>;
}

/** Rejects with NO_CAPACITY, and leaves nothing behind. */
export async function openPlace(order: PlaceOrder): Promise<Place> {
  const directory = join(order.sandboxes, order.id);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  claim(directory);
  writeFileSync(join(directory, SOCKETS), dirname(order.socket));
  const undo: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const volume = await openVolume({ directory, templates: join(order.sandboxes, "volumes"), bytes: order.diskBytes });
    undo.push(() => volume.close());
    await furnish(volume, order);
    await order.listening;
    await own(dirname(order.socket), order.uid); // mounted read-only: it may connect, and no more
    placeInit(order.rootfs, dirname(order.socket));
    const plan = planOf(order, { directory, volume, network: await order.network });
    const container = await Container.start(containerOf(order, directory), plan);
    undo.push(() => container.close());
    return { container, close, leave: () => leave(container, directory) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One that an earlier server opened. Rejects when it has ended meanwhile. */
export async function adoptPlace(order: PlaceOrder): Promise<Place> {
  const directory = join(order.sandboxes, order.id);
  claim(directory);
  await order.listening;
  chownSync(order.socket, order.uid, order.uid);
  const container = Container.adopt(containerOf(order, directory));
  const close = async (): Promise<void> => {
    await container.close();
    await unmount(join(directory, VOLUME));
    rmSync(directory, { recursive: true, force: true });
  };
  return { container, close, leave: () => leave(container, directory) };
}

function leave(container: Container, directory: string): void {
  container.leave();
  disown(directory);
}

const containerOf = (order: PlaceOrder, directory: string): ContainerOrder => ({
  ...order,
  directory,
  scripts: dirname(order.socket),
  killMs: order.limits.kill_time,
});

const FOLDERS = { agent: INSIDE.agent, home: AGENT_HOME, tmp: "/tmp" } as const;

async function furnish(volume: Volume, { agent, uid }: PlaceOrder): Promise<void> {
  await copyAgent(agent, join(volume.path, "agent"), uid);
  for (const name of ["home", "tmp"]) {
    mkdirSync(join(volume.path, name));
    await own(join(volume.path, name), uid);
  }
}

function planOf(
  order: PlaceOrder,
  at: { readonly directory: string; readonly volume: Volume; readonly network: string | null },
): ContainerPlan {
  const { limits, uid, socket } = order;
  return {
    rootfs: order.rootfs,
    network: at.network,
    cgroup: cgroupOf(order.id),
    uid,
    resources: {
      ...order.resources,
      pids: limits.sandbox_pids,
      openFiles: limits.sandbox_open_files,
      shmBytes: limits.sandbox_shm,
    },
    init: initCommand(INSIDE.socket, Math.ceil(order.orphanMs / 1000)),
    cwd: INSIDE.agent,
    mounts: [
      ...Object.entries(FOLDERS).map(([name, to]) => ({ from: join(at.volume.path, name), to, writable: true })),
      { from: dirname(socket), to: INSIDE.socket, writable: false },
      ...order.binds,
      ...systemFiles(at.directory, uid),
    ],
  };
}

/** Who the agent is, and how names are found: of this sandbox alone. */
export function systemFiles(directory: string, uid: number): Bind[] {
  const files = {
    passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\nagent:x:${uid}:${uid}:agent:${AGENT_HOME}:/bin/bash\n`,
    group: `root:x:0:\nagent:x:${uid}:\n`,
    hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "resolv.conf": "nameserver 127.0.0.53\noptions timeout:2 attempts:2\n",
  };
  return Object.entries(files).map(([name, text]) => {
    const from = join(directory, name);
    writeFileSync(from, text, { mode: 0o644 });
    return { from, to: `/etc/${name}`, writable: false };
  });
}
