/**
 * Loads an agent's folder as it is now: config → environment → (bundle) → sandbox → described. Everything that a user can
 * do wrong is a `failed` result with what must be watched for it to heal.
 */
import { join } from "node:path";
import {
  type AgentConfig,
  type LimitValues,
  type LogRecord,
  type Problem,
  problem,
  RunAgentError,
} from "@runagent/protocol";
import { bundleAgent, readSchemas } from "../build/bundle/index.ts";
import { type FolderReading, loadProblem, problemLine, readFolder } from "../build/config-file.ts";
import { type Environment, type EnvironmentRequest, resolveEnvironment } from "../build/environment/index.ts";
import type { Loader, LoadResult } from "../control/ports.ts";
import type { Egress, Exit, MappedHost } from "../egress/index.ts";
import { type FoundSandbox, type Sandbox, startProcessSandbox } from "../sandbox/index.ts";
import type { VersionSource } from "../scheduler/ports.ts";
import { Redactor } from "../scheduler/redaction.ts";
import { agentSpec, type BundleOutcome } from "./agent-spec.ts";
import { confine } from "./confine.ts";
import { confinedParts, filesOf } from "./confined-parts.ts";
import type { Folders } from "./folders.ts";
import { startConfined } from "./start-confined.ts";
import { unenforcedLimits } from "./unenforced.ts";
import { egressNotes } from "./way-out.ts";
import type { WorkerFiles } from "./worker-files.ts";

export interface LoadAgentOptions {
  readonly root: string;
  /** Whose environments that are not known by hashes are; left out: the folder's. */
  readonly scope?: string;
  readonly envFile: string | null;
  readonly entry: string | null;
  readonly python: string | null;
  /** With the isolation of a deployed agent. */
  readonly sandbox: boolean;
  readonly verbose: boolean;
  /** What tools run with, and where packages come from. */
  readonly shellEnv: Readonly<Record<string, string | undefined>>;
  /** Where the agent's variables come from: its shell's in `serve`, its secrets when it is deployed. */
  readonly agentEnv: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly folders: Folders;
  readonly workers: WorkerFiles;
  readonly limits: LimitValues;
  readonly progress: (line: string, by?: "tool") => void;
  readonly explain: ((lines: readonly string[]) => void) | null;
  /** Where names lead, for sandboxes and builds. */
  readonly mapped: readonly MappedHost[];
  /** The way out of sandboxes. */
  readonly egress: () => Promise<Egress>;
  /** Null: its sandbox ends with us. */
  readonly outliving: Outliving | null;
  readonly onHost: (host: string, port: number) => void;
  readonly onLog: (record: LogRecord) => void;
}

/** A sandbox that a later server goes on with. */
export interface Outliving {
  /** What it is found by. */
  readonly keyOf: (config: AgentConfig) => string;
  /** What an earlier server left of it; null: it is started. */
  readonly found: FoundSandbox | null;
}

/** For the scheduler, and for who parks its sandbox and leaves it. */
export type LoadedVersion = VersionSource & { readonly sandbox: Sandbox };

type Read = Extract<FolderReading, { kind: "read" }>;
type Result = LoadResult<LoadedVersion>;

export function agentLoader(options: LoadAgentOptions): Loader<LoadedVersion> {
  const unenforced = unenforcedLimits();
  return {
    async load(version, signal) {
      const reading = await readFolder({
        root: options.root,
        env: options.agentEnv,
        envFile: options.envFile,
        entry: options.entry,
        python: options.python,
      });
      const { watch } = reading;
      switch (reading.kind) {
        case "read":
          return loadRead(options, { reading, version, signal, unenforced, touched: [] });
        case "invalid":
          return failed(reading.agent, loadProblem(reading.problems), watch);
        case "nothing":
          return { ...failed(null, nothingToServe(reading.detail), watch), absent: true };
      }
    },
  };
}

interface Loading {
  readonly reading: Read;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly unenforced: (config: AgentConfig) => readonly string[];
  /** What the load has come to so far: if it fails, a change of these may heal it. */
  readonly touched: string[];
}

async function loadRead(options: LoadAgentOptions, loading: Loading): Promise<Result> {
  const { reading, signal } = loading;
  try {
    return await start(options, loading);
  } catch (error) {
    signal.throwIfAborted();
    const cause = RunAgentError.wrap(error);
    const touched = [...paths(cause.problem.files), ...paths(cause.problem.missing)];
    const shown = visible(cause.problem);
    const found = Redactor.of(secretsOf(reading))?.problem(shown) ?? shown;
    return failed(reading.config.name, found, [...reading.watch, ...loading.touched, ...touched]);
  }
}

async function start(
  options: LoadAgentOptions,
  { reading, version, signal, touched, unenforced }: Loading,
): Promise<Result> {
  const { config, language } = reading;
  const request: EnvironmentRequest = {
    root: options.root,
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    config,
    language,
    pythonFlag: options.python,
    home: options.home,
    env: options.shellEnv,
    progress: options.progress,
    signal,
    secrets: secretsOfBuild(reading),
  };
  const { sandbox, notes } = await (options.sandbox ? startInside : startBeside)(options, {
    ...{ reading, version, request, touched },
  });
  const stop = (): void => void sandbox.close(0);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const description = await sandbox.loaded;
    signal.throwIfAborted();
    const secrets = secretsOf(reading);
    return {
      kind: "loaded",
      config,
      description,
      source: { agent: config.name, version, config, description, sandbox, secrets },
      notes: [
        ...reading.notes,
        ...(options.verbose ? reading.details : []),
        ...warnings(reading),
        ...notes,
        ...description.notes,
        ...(options.sandbox ? [] : unenforced(config)),
      ],
      watch: [...reading.watch, ...touched, ...description.files],
    };
  } catch (error) {
    await sandbox.close(0);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

interface Starting {
  readonly reading: Read;
  readonly version: string;
  readonly request: EnvironmentRequest;
  readonly touched: string[];
}

interface Begun {
  readonly sandbox: Sandbox;
  readonly notes: readonly string[];
}

/** As processes of this user. */
async function startBeside(options: LoadAgentOptions, { reading, request, touched }: Starting): Promise<Begun> {
  const { signal, language } = request;
  const environment = await resolveEnvironment(request);
  options.explain?.(environment.explain);
  touched.push(...environment.watch);
  const bundle = language === "node" ? await bundled(options, { reading, environment, signal }) : null;
  touched.push(...(bundle?.inputs ?? []));
  signal.throwIfAborted();
  const sandbox = startSandbox(options, { reading, environment, bundle });
  return { sandbox, notes: [...environment.notes, ...(bundle?.notes ?? [])] };
}

/** In a container. */
async function startInside(
  options: LoadAgentOptions,
  { reading, version, request, touched }: Starting,
): Promise<Begun> {
  const { root, limits, workers, folders, mapped } = options;
  const { config, home, env, progress, signal } = request;
  const { packages, image } = config.runtime;
  const confined = await confine({
    home,
    packages,
    image,
    node: process.execPath,
    env,
    progress,
    signal,
    limits,
    mapped,
  });
  const egress = await options.egress();
  const found = options.outliving?.found ?? null;
  const inherited = found === null ? null : exitOf(found, egress);
  const parts = await confinedParts({ request, confined, folders, workers, touched });
  signal.throwIfAborted();
  const named = Object.entries(reading.env).filter(([name]) => reading.named.has(name));
  const sandbox = startConfined({
    ...{ confined, root, config, limits, ...parts },
    language: request.language,
    spec: agentSpec(root, config, limits, parts.bundle),
    env: { ...Object.fromEntries(named), ...parts.env },
    sockets: folders.sockets,
    detached: options.outliving?.keyOf(config) ?? null,
    found,
    openExit: async () => inherited ?? egress.open({ agent: config.name, version, rules: config.network.egress }),
    onLog: logsOf(options, reading),
  });
  return { sandbox, notes: [...parts.notes, ...egressNotes(config.network.egress)] };
}

function exitOf(found: FoundSandbox, egress: Egress): Exit {
  const exit = found.network === null ? null : egress.inherited(found.network);
  if (exit !== null) return exit;
  throw new RunAgentError("LOAD_FAILED", "The network of the sandbox that an earlier server left is gone.");
}

interface Bundled extends BundleOutcome {
  readonly inputs: readonly string[];
  readonly notes: readonly string[];
}

async function bundled(
  options: LoadAgentOptions,
  { reading, environment, signal }: { reading: Read; environment: Environment; signal: AbortSignal },
): Promise<Bundled> {
  const { root, folders } = options;
  const { entrypoints } = reading.config;
  const built = await bundleAgent({
    root,
    files: filesOf(reading.config),
    outDir: folders.bundles,
    node: environment.interpreter,
    nodePaths: environment.nodeModules === null ? [] : [environment.nodeModules],
    signal,
  });
  const cache = { folder: join(folders.bundles, "schemas"), inputs: built.inputs };
  const schemas = await readSchemas({ root, entrypoints, signal, cache });
  const { inputs, frameworks, problems: notes } = built;
  return { files: built.files, frameworks, inputs, schemas, notes };
}

function startSandbox(
  options: LoadAgentOptions,
  { reading, environment, bundle }: { reading: Read; environment: Environment; bundle: BundleOutcome | null },
) {
  const { folders, limits, onHost } = options;
  return startProcessSandbox({
    language: reading.language,
    interpreter: environment.interpreter,
    workerFile: options.workers[reading.language],
    spec: agentSpec(options.root, reading.config, limits, bundle),
    env: { ...reading.env, ...environment.env },
    directory: folders.sockets,
    pythonCache: folders.bytecode,
    compileCache: folders.compileCache,
    onHost,
    onLog: logsOf(options, reading),
    limits,
  });
}

function logsOf(options: LoadAgentOptions, reading: Read): LoadAgentOptions["onLog"] {
  const redactor = Redactor.of(secretsOf(reading));
  return (record) => options.onLog(redactor?.log(record) ?? record);
}

const secretsOf = ({ config, env }: Read): string[] => config.secrets.flatMap((name) => env[name] ?? []);

/** What the user's own tools would read from the shell or `.env`. */
const secretsOfBuild = ({ config, env }: Read): Record<string, string> =>
  Object.fromEntries(config.build.secrets.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

function failed(agent: string | null, found: Problem, watch: readonly string[]) {
  return { kind: "failed", agent, absent: false, problem: found, watch } as const;
}

const nothingToServe = (detail: string): Problem =>
  problem("LOAD_FAILED", detail, { hint: "When there is an agent, it is loaded at once." });

/** Callers need not know which files are watched. */
function visible({ files: _files, missing: _missing, ...rest }: Problem): Problem {
  return rest;
}

const paths = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

const warnings = (reading: Read): string[] => reading.problems.map(problemLine);
