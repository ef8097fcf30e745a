/** One tool run to its end in a container of its own, with the host's network: for building what a sandbox will hold. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { copyAgent } from "./agent-copy.ts";
import { type Bind, type ContainerResources, ociConfig } from "./oci-config.ts";
import { own } from "./owner.ts";
import { argumentsOf, callRuntime, type Runtime } from "./runtime.ts";

export interface OneShot {
  readonly runtime: Runtime;
  readonly id: string;
  /** Private; made and removed. */
  readonly directory: string;
  readonly rootfs: string;
  readonly uid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly OneShotBind[];
  readonly resources: ContainerResources;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
  /** How many of the last lines are kept. */
  readonly tail: number;
}

/** `write`: given to the uid for good; `copied`: a copy of the folder that is its own. */
export interface OneShotBind {
  readonly from: string;
  readonly to: string;
  readonly access: "read" | "write" | "copied";
}

export async function runOnce(order: OneShot): Promise<{ code: number | null; tail: string[] }> {
  const { runtime, id, directory, signal } = order;
  signal.throwIfAborted();
  mkdirSync(join(directory, "tmp"), { recursive: true, mode: 0o700 });
  own(directory);
  try {
    writeFileSync(join(directory, "config.json"), JSON.stringify(await configOf(order)));
    const child = spawn(runtime.program, argumentsOf(runtime, "run", "--bundle", directory, id), {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const stop = (): void => void execFile(runtime.program, argumentsOf(runtime, "kill", id, "KILL"));
    signal.addEventListener("abort", stop, { once: true });
    const tail: string[] = [];
    for (const from of [child.stdout, child.stderr]) {
      createInterface({ input: from }).on("line", (line) => {
        tail.push(line);
        if (tail.length > order.tail) tail.shift();
        order.onLine(line);
      });
    }
    const [code] = await once(child, "close");
    signal.removeEventListener("abort", stop);
    signal.throwIfAborted();
    return { code, tail };
  } finally {
    await callRuntime(runtime, "delete", "--force", id).catch(() => undefined); // it is gone in order
    rmSync(directory, { recursive: true, force: true });
  }
}

async function configOf(order: OneShot): Promise<object> {
  const { rootfs, id, uid, argv, cwd, env, binds, resources, directory } = order;
  const tmp = { from: join(directory, "tmp"), to: "/tmp", access: "write" } as const;
  const mounts: Bind[] = [];
  for (const one of [tmp, ...binds])
    mounts.push(await mountOf(one, { uid, copy: join(directory, `copy-${mounts.length}`) }));
  const cgroup = `/runagent/${id}`;
  return ociConfig({ rootfs, network: "host", cgroup, uid, init: argv, cwd, env, mounts, resources });
}

async function mountOf({ from, to, access }: OneShotBind, at: { uid: number; copy: string }): Promise<Bind> {
  if (access === "read") return { from, to, writable: false };
  if (access === "copied") await copyAgent(from, at.copy, at.uid);
  else chownSync(from, at.uid, at.uid);
  return { from: access === "copied" ? at.copy : from, to, writable: true };
}
