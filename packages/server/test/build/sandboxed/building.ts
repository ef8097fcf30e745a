/** Builds in the real sandbox, for tests: the base is shared, everything that a test builds is its own. */
import { join, resolve } from "node:path";
import { DEFAULT_LIMITS, type LimitValues } from "@runagent/protocol";
import { readFolder } from "../../../src/build/config-file.ts";
import { type BuiltEnvironment, buildEnvironment, type Confinement } from "../../../src/build/environment/index.ts";
import { buildRunner } from "../../../src/compose/build-room.ts";
import { readMappedHost } from "../../../src/egress/index.ts";
import { findRuntime } from "../../../src/sandbox/index.ts";
import { HOME, testBase } from "../../sandbox/confined.ts";

export interface BuildOptions {
  /** Everything that the build leaves is in here. */
  readonly home: string;
  readonly limits?: Partial<LimitValues>;
  readonly mapped?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly scope?: string;
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

export interface BuildResult extends BuiltEnvironment {
  readonly lines: readonly string[];
}

/** A tool alone. */
export async function runner(home: string, changed: Partial<LimitValues>): Promise<Confinement["run"]> {
  const base = await testBase();
  const runtime = findRuntime(join(HOME, "runc"), process.env.PATH ?? "");
  if (runtime === null) throw new Error("no runtime");
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...changed };
  return buildRunner({ runtime, rootfs: base.rootfs, sandboxes: join(home, "sandboxes"), home, mapped: [], limits });
}

export async function build(root: string, options: BuildOptions): Promise<BuildResult> {
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...options.limits };
  const base = await testBase();
  const runtime = findRuntime(join(HOME, "runc"), process.env.PATH ?? "");
  if (runtime === null) throw new Error("no runtime");
  const reading = await readFolder({ root, env: {}, envFile: null, entry: null, python: null });
  if (reading.kind !== "read") throw new Error(JSON.stringify(reading));
  const lines: string[] = [];
  const { home } = options;
  const sandboxes = join(home, "sandboxes");
  const mapped = (options.mapped ?? []).map(readMappedHost);
  const run = buildRunner({ runtime, rootfs: base.rootfs, sandboxes, home, mapped, limits });
  const built = await buildEnvironment(
    {
      ...{ root: resolve(root), config: reading.config, language: reading.language, pythonFlag: null, home },
      env: { ...process.env, ...options.env },
      secrets: options.secrets ?? {},
      ...(options.scope === undefined ? {} : { scope: options.scope }),
      signal: options.signal ?? new AbortController().signal,
      progress: (line) => {
        lines.push(line);
        options.onLine?.(line);
      },
    },
    { key: base.key, python: base.python, node: base.node, limits, run },
  );
  return { ...built, lines };
}

/** A folder with an agent of one function, and the files of a test. */
export const project = (
  files: Readonly<Record<string, string>>,
  { file = "agent.py", build: built = {} }: { readonly file?: string; readonly build?: object } = {},
): Record<string, string> => ({
  "runagent.config.json": JSON.stringify({
    agent_name: "built",
    agent_architecture: { entrypoints: [{ file, module: "main" }] },
    build: built,
  }),
  [file]: file.endsWith(".py") ? "def main():\n    return 1\n" : "export const main = () => 1;\n",
  ...files,
});
