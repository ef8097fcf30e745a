/** A sandbox in a container, for tests: its file system is built once and kept between runs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS, type LimitValues, type LogRecord } from "@runagent/protocol";
import { type Base, resolveBase } from "../../src/build/base/debian.ts";
import { findRuntime, INSIDE, startContainerSandbox } from "../../src/sandbox/index.ts";
import { agentSpec, type Started, type StartOptions } from "./harness.ts";

export const HOME = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home");
export const BUILD_MS = 240_000;
const WORKER = fileURLToPath(new URL("../../../worker-python/runagent_worker", import.meta.url));
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
}

export function startConfined(base: Base, options: ConfinedOptions): Started & { readonly sandboxes: string } {
  const runtime = findRuntime(join(HOME, "runc"), process.env.PATH ?? "");
  if (runtime === null) throw new Error("no runtime");
  const directory = mkdtempSync(join(tmpdir(), "ra-"));
  const sandboxes = join(HOME, "sandboxes");
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...options.limits };
  const logs: LogRecord[] = [];
  const spec = agentSpec({ ...options, language: "python", workerFile: WORKER }, limits);
  const sandbox = startContainerSandbox({
    language: "python",
    ...{ runtime, sandboxes, directory, limits },
    rootfs: base.rootfs,
    agent: options.root,
    interpreter: base.python,
    workerFile: INSIDE.python,
    spec: { ...spec, root: INSIDE.agent },
    binds: [{ from: WORKER, to: INSIDE.python, writable: false }],
    env: options.env ?? {},
    memoryBytes: options.memoryBytes ?? 1024 * MiB,
    diskBytes: options.diskBytes ?? 256 * MiB,
    cpu: null,
    network: null,
    onLog: (record) => void logs.push(record),
  });
  const close = async (): Promise<void> => {
    await sandbox.close(0);
    rmSync(directory, { recursive: true, force: true });
  };
  return { sandbox, logs, hosts: [], sandboxes, close };
}
