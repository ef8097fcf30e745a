/** A sandbox in a container, for tests: its file system is built once and kept between runs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS, type LimitValues, type LogRecord } from "@runagent/protocol";
import { type Base, resolveBase } from "../../src/build/base/debian.ts";
import { bundleWorker } from "../../src/build/bundle/index.ts";
import {
  adoptContainerSandbox,
  type FoundSandbox,
  findRuntime,
  INSIDE,
  type Resume,
  type Sandbox,
  startContainerSandbox,
} from "../../src/sandbox/index.ts";
import { agentSpec, type Started, type StartOptions } from "./harness.ts";

export const HOME = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home");
export const BUILD_MS = 240_000;
const WORKER = fileURLToPath(new URL("../../../worker-python/runagent_worker", import.meta.url));
const NODE_WORKER = fileURLToPath(new URL("../../../worker-node/src/main.ts", import.meta.url));
const MiB = 1024 * 1024;

/** Without root and a runtime nothing can be confined: the tests are then not run. */
export const CAN_CONFINE = process.getuid?.() === 0 && findRuntime(join(HOME, "runc"), process.env.PATH ?? "") !== null;

export const testBase = (): Promise<Base> =>
  resolveBase({
    home: HOME,
    packages: [],
    node: process.execPath,
    env: process.env,
    progress: () => undefined,
    signal: new AbortController().signal,
  });

export interface ConfinedOptions extends Pick<StartOptions, "root" | "file" | "tags" | "limits" | "env"> {
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly detached?: string;
  readonly parks?: boolean;
  /** Left out: the one that all tests share. */
  readonly sandboxes?: string;
  /** The Node worker as one file; left out: Python. */
  readonly nodeWorker?: string;
}

export const testNodeWorker = (): Promise<string> => bundleWorker(NODE_WORKER, join(HOME, "cache", "worker"));

export function startConfined(base: Base, options: ConfinedOptions): Started & { readonly sandboxes: string } {
  const directory = mkdtempSync(join(tmpdir(), "ra-"));
  const { order, logs } = orderOf(base, options, directory);
  return started(startContainerSandbox(order), { order, logs });
}

/** As the next server does it. */
export function adoptConfined(
  base: Base,
  { found, ...options }: ConfinedOptions & { readonly found: FoundSandbox },
  resume: Resume,
): Started {
  const { order, logs } = orderOf(base, options, found.sockets);
  return started(adoptContainerSandbox(found, order, resume), { order, logs });
}

type Order = Parameters<typeof startContainerSandbox>[0];

function started(sandbox: Sandbox, { order, logs }: { readonly order: Order; readonly logs: LogRecord[] }) {
  const close = async (): Promise<void> => {
    await sandbox.close(0);
    rmSync(order.directory, { recursive: true, force: true });
  };
  return { sandbox, logs, hosts: [], sandboxes: order.sandboxes, close };
}

function orderOf(base: Base, options: ConfinedOptions, directory: string): { order: Order; logs: LogRecord[] } {
  const runtime = findRuntime(join(HOME, "runc"), process.env.PATH ?? "");
  if (runtime === null) throw new Error("no runtime");
  const sandboxes = options.sandboxes ?? join(HOME, "sandboxes");
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...options.limits };
  const logs: LogRecord[] = [];
  const language = options.nodeWorker === undefined ? "python" : "node";
  const { python, node } = INSIDE;
  const spec = agentSpec({ ...options, root: INSIDE.agent, language, workerFile: WORKER }, limits);
  const order: Order = {
    ...{ runtime, spec, language, sandboxes, directory, limits },
    rootfs: base.rootfs,
    agent: options.root,
    interpreter: base[language],
    workerFile: language === "node" ? join(node, "worker.mjs") : python,
    binds: [
      options.nodeWorker === undefined
        ? { from: WORKER, to: python, writable: false }
        : { from: dirname(options.nodeWorker), to: node, writable: false },
    ],
    env: options.env ?? {},
    memoryBytes: options.memoryBytes ?? 1024 * MiB,
    diskBytes: options.diskBytes ?? 256 * MiB,
    cpu: null,
    network: null,
    ...{ detached: options.detached ?? null, parks: options.parks ?? false },
    onLog: (record) => void logs.push(record),
  };
  return { order, logs };
}
