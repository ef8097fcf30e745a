/**
 * One tool run to its end in a container of its own: for building what a sandbox will hold. It writes into a volume of a
 * fixed size; what it prints is bounded too. When it is stopped nothing of it is left, and nothing of it is taken out.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cgroup } from "./cgroup.ts";
import { readLines } from "./cut-lines.ts";
import { type ContainerResources, ociConfig } from "./oci-config.ts";
import { own } from "./owner.ts";
import { systemFiles } from "./place.ts";
import { argumentsOf, callRuntime, type Runtime } from "./runtime.ts";
import { type OneShotBind, openWorkshop, type Workshop, type WorkshopOrder } from "./workshop.ts";

export interface OneShot {
  readonly runtime: Runtime;
  readonly id: string;
  /** Private; made and removed. */
  readonly directory: string;
  readonly rootfs: string;
  /** The path of its network namespace; null: loopback alone. */
  readonly network: string | null;
  readonly uid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly OneShotBind[];
  readonly disk: Pick<WorkshopOrder, "templates" | "bytes" | "cache">;
  readonly resources: ContainerResources;
  readonly output: { readonly line: number; readonly bytes: number; readonly tail: number };
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface OneShotEnd {
  readonly code: number | null;
  readonly tail: readonly string[];
  /** Which limit it met. */
  readonly met: "memory" | "disk" | "output" | null;
}

export async function runOnce(order: OneShot): Promise<OneShotEnd> {
  const { runtime, id, directory, signal, uid, binds, disk } = order;
  signal.throwIfAborted();
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  own(directory);
  let workshop: Workshop | null = null;
  let tidy = false;
  try {
    workshop = await openWorkshop({ ...disk, directory, uid, binds });
    const end = await supervise(order, workshop);
    if (end.code === 0 && end.met === null) await workshop.takeOut();
    signal.throwIfAborted();
    tidy = end.met === null;
    return end;
  } finally {
    await callRuntime(runtime, "delete", "--force", id).catch(() => undefined); // it never came so far
    await workshop?.close(tidy);
    rmSync(directory, { recursive: true, force: true });
  }
}

const STOP_AGAIN_MS = 200;

async function supervise(order: OneShot, workshop: Workshop): Promise<OneShotEnd> {
  const { runtime, id, directory, signal } = order;
  const cgroup = `/runagent/${id}`;
  const { rootfs, uid, argv, cwd, env, resources, network } = order;
  const mounts = [...systemFiles(directory, uid), ...workshop.mounts];
  const config = ociConfig({ rootfs, network, cgroup, uid, init: argv, cwd, env, mounts, resources });
  writeFileSync(join(directory, "config.json"), JSON.stringify(config));
  // Kept until we delete it: what the kernel counted is asked for at the end.
  const child = spawn(runtime.program, argumentsOf(runtime, "run", "--keep", "--bundle", directory, id), {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stopping: NodeJS.Timeout | null = null;
  // It may not be there yet: then the next attempt meets it.
  const kill = (): void => void execFile(runtime.program, argumentsOf(runtime, "kill", id, "KILL"), () => undefined);
  const stop = (): void => {
    kill();
    stopping ??= setInterval(kill, STOP_AGAIN_MS);
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const read = listen(order, stop);
  for (const from of [child.stdout, child.stderr]) readLines(from, order.output.line, read.take);
  const [code] = await once(child, "close");
  if (stopping !== null) clearInterval(stopping);
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  const met = read.flooded() ? "output" : code === 0 ? null : limitMet(workshop, new Cgroup(cgroup));
  return { code: typeof code === "number" ? code : null, tail: read.tail, met };
}

/** A tool that prints too much is stopped. */
function listen({ output, onLine }: OneShot, stop: () => void) {
  const tail: string[] = [];
  let bytes = 0;
  return {
    tail,
    flooded: () => bytes > output.bytes,
    take(line: string): void {
      if (bytes > output.bytes || line.trim() === "") return;
      bytes += Buffer.byteLength(line) + 1;
      if (bytes > output.bytes) {
        stop();
        return;
      }
      tail.push(line);
      if (tail.length > output.tail) tail.shift();
      onLine(line);
    },
  };
}

function limitMet(workshop: Workshop, cgroup: Cgroup): OneShotEnd["met"] {
  if (workshop.isFull()) return "disk";
  return cgroup.memoryKills() > 0 ? "memory" : null;
}
