/** The sandbox of `serve`: processes of our own user, not confined. */
import type { AgentSpec, LimitValues, LogRecord } from "@runagent/protocol";
import { ChannelSandbox } from "./channel-sandbox.ts";
import type { Sandbox } from "./ports.ts";
import { ProcessDriver, workerCommand } from "./process/driver.ts";

export interface ProcessSandboxOptions {
  readonly language: "python" | "node";
  /** Absolute. */
  readonly interpreter: string;
  /** The worker of the language: a file, or the folder of the Python package. */
  readonly workerFile: string;
  readonly spec: AgentSpec;
  /** The whole environment of the agent. */
  readonly env: Readonly<Record<string, string>>;
  /** Private folder for the socket; its path is short. */
  readonly directory: string;
  /** Where Python keeps bytecode; left out: it writes none. */
  readonly pythonCache?: string;
  readonly compileCache?: string;
  readonly nodeArgs?: readonly string[];
  /** How long processes look for a server that is gone, and durable runs wait for a channel that was cut; 0: not at all. */
  readonly orphanSeconds?: number;
  readonly onHost: (host: string, port: number) => void;
  /** Logs that belong to no run. */
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

export function startProcessSandbox(options: ProcessSandboxOptions): Sandbox {
  const { language, interpreter, workerFile, nodeArgs = [], orphanSeconds = 0, env, onLog, limits } = options;
  return new ChannelSandbox({
    ...options,
    orphanSeconds,
    parkAfterMs: null,
    ledger: null,
    newDriver: ({ name, socket }) =>
      new ProcessDriver({
        sandbox: name,
        command: workerCommand({ language, interpreter, workerFile, nodeArgs }),
        env: { ...env, ...cacheVariables(options) },
        cwd: options.spec.root,
        ...{ socket, orphanSeconds, onLog, limits },
      }),
  });
}

/** Code that was compiled once is not compiled again, and nothing is written beside sources. */
function cacheVariables({ language, pythonCache, compileCache }: ProcessSandboxOptions): Record<string, string> {
  if (language === "node") return compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache };
  return pythonCache === undefined ? {} : { RUNAGENT_BYTECODE: pythonCache };
}
