/** Loads a deployed version as `serve` loads a folder: the same steps, its bundle as the folder, its secrets as the shell. */
import type { LimitValues, LogRecord } from "@runagent/protocol";
import type { Loader } from "../../control/ports.ts";
import type { Egress, MappedHost } from "../../egress/index.ts";
import { agentLoader, type LoadAgentOptions, type LoadedVersion, type Outliving } from "../load-agent.ts";
import { findWorkerFiles } from "../worker-files.ts";
import type { DataDirectory } from "./data-directory.ts";

export interface VersionLoading {
  readonly data: DataDirectory;
  readonly sandbox: boolean;
  /** Of the server: for tools, and where packages come from. */
  readonly shellEnv: Readonly<Record<string, string | undefined>>;
  readonly limits: LimitValues;
  readonly mapped: readonly MappedHost[];
  readonly egress: () => Promise<Egress>;
  readonly onLog: (version: VersionName, record: LogRecord) => void;
}

export interface VersionName {
  readonly agent: string;
  readonly version: string;
}

export interface LoadedFolder extends VersionName {
  readonly root: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly progress: (line: string) => void;
  readonly outliving: Outliving | null;
}

export function versionLoader(loading: VersionLoading, folder: LoadedFolder): Loader<LoadedVersion> {
  return agentLoader(loadOptions(loading, folder));
}

export function loadOptions(loading: VersionLoading, folder: LoadedFolder): LoadAgentOptions {
  const { data, sandbox, shellEnv, limits, mapped, egress } = loading;
  const { agent, version, root, secrets, progress, outliving } = folder;
  return {
    ...{ root, scope: agent, sandbox, shellEnv, limits, mapped, egress, progress, outliving },
    agentEnv: secrets,
    envFile: null,
    entry: null,
    python: null,
    verbose: false,
    home: data.path,
    folders: {
      bytecode: `${data.cache}/bytecode`,
      compileCache: `${data.cache}/compiled`,
      bundles: `${data.cache}/bundled/${agent}`,
      hostsFile: "",
      sockets: data.sockets,
      close: () => undefined,
    },
    workers: findWorkerFiles(),
    explain: null,
    onHost: () => undefined, // what it reaches is counted where it is dialled
    onLog: (record) => loading.onLog({ agent, version }, record),
  };
}
