/** Everything that a server is made of, plugged together: the compiler proves here that the plugs fit. */
import { join } from "node:path";
import { DEFAULT_LIMITS, type LogRecord, RunAgentError } from "@runagent/protocol";
import { type Access, openAccess } from "../../control/access/access.ts";
import { ownMasterKey } from "../../control/access/vault.ts";
import { BlobStore } from "../../control/blobs/blob-store.ts";
import { Bundles } from "../../control/blobs/bundles.ts";
import { Deploying } from "../../control/deploy/platform.ts";
import { DiskWatch } from "../../control/disk.ts";
import { AgentLogs } from "../../control/logs/agent-logs.ts";
import { Metrics } from "../../control/metrics.ts";
import type { RunArchive } from "../../control/runs/archive.ts";
import { Terminal } from "../../control/terminal.ts";
import { openTracing, type Tracing } from "../../control/tracing/open-tracing.ts";
import {
  type Inherited,
  type MappedHost,
  mappedHostText,
  readMappedHost,
  readPrivateRange,
} from "../../egress/index.ts";
import { openSqliteStore } from "../../engine/index.ts";
import type { Store } from "../../engine/ports.ts";
import { systemClock } from "../../scheduler/clock.ts";
import { createScheduler, type Scheduler } from "../../scheduler/scheduler.ts";
import { VERSION } from "../../version.ts";
import type { LoadedVersion } from "../load-agent.ts";
import { RunsLately } from "../runs-lately.ts";
import { ServeRefused } from "../serve-options.ts";
import { mappedNotes, WayOut } from "../way-out.ts";
import { keptUntilArchived, openArchive } from "./archive.ts";
import { platformBuilder } from "./builder.ts";
import { platformChecker } from "./checker.ts";
import type { DataDirectory } from "./data-directory.ts";
import { memoryForSandboxes, memoryOfProcess } from "./host.ts";
import type { Isolation } from "./isolation.ts";
import { platformObserver } from "./observer.ts";
import type { PlatformOptions } from "./platform-options.ts";
import { PlatformStarter } from "./starter.ts";
import type { VersionName } from "./version-loader.ts";

export const LIMITS = DEFAULT_LIMITS;

export interface Parts {
  readonly data: DataDirectory;
  readonly isolation: Isolation;
  readonly terminal: Terminal;
  readonly metrics: Metrics;
  readonly logs: AgentLogs;
  readonly store: Store;
  readonly access: Access;
  readonly scheduler: Scheduler;
  readonly archive: RunArchive;
  readonly blobs: BlobStore;
  readonly deploying: Deploying<LoadedVersion>;
  readonly wayOut: WayOut;
  readonly tracing: Tracing | null;
  readonly disk: DiskWatch;
  readonly mappedHosts: readonly string[];
  /** Said at the start. */
  readonly notes: readonly string[];
  /** Of the gateway, once there is one. */
  openStreams: () => number;
}

interface Place {
  readonly data: DataDirectory;
  readonly isolation: Isolation;
}

/** Rejects with ServeRefused when what is kept cannot be used. */
export async function assemble(options: PlatformOptions, { data, isolation }: Place): Promise<Parts> {
  const mapped = told(() => options.mapHosts.map(readMappedHost));
  const privateRanges = told(() => options.egressPrivate.map(readPrivateRange));
  const store = await opened(data, () =>
    openSqliteStore({ file: join(data.path, "engine.db"), limits: LIMITS, clock: systemClock }),
  );
  try {
    const masterKey = options.masterKey ?? ownMasterKey(data.path);
    const access = await opened(data, () =>
      openAccess({ records: store, logs: store, masterKey, limits: LIMITS, now: Date.now }),
    );
    const parts = await plug(options, { data, isolation, store, access, mapped, privateRanges });
    await noteStart(parts, options);
    return parts;
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Kept extends Place {
  readonly store: Store;
  readonly access: Access;
  readonly mapped: readonly MappedHost[];
  readonly privateRanges: readonly string[];
}

async function plug(options: PlatformOptions, kept: Kept): Promise<Parts> {
  const { data, isolation, store, access, mapped, privateRanges } = kept;
  const { stdout: out, quiet, color } = options;
  const format = options.json || options.logFormat === "json" ? "json" : "text";
  const terminal = new Terminal({ out, format, color, quiet, queue: LIMITS.log_queue });
  const metrics: Metrics = new Metrics({
    gauges: () => ({ ...scheduler.stats(), openStreams: parts.openStreams() }),
    processes: () => scheduler.workers(),
  });
  const lately: RunsLately = new RunsLately(() => scheduler.workers());
  const logs = new AgentLogs({
    ...{ folder: data.logs, limits: LIMITS, now: Date.now },
    isAgent: (name) => deploying.agents.list(null).some((one) => one.name === name),
    note: (sentence) => terminal.note(sentence),
  });
  const tracing = openTracing({
    ...{ env: options.shellEnv, limits: LIMITS, version: VERSION },
    note: (sentence) => terminal.note(sentence),
    dropped: (spans) => metrics.spansDropped(spans),
  });
  const observer = platformObserver({ terminal, metrics, lately, logs });
  const archive = await opened(data, () => openArchive(data, { store, terminal }));
  const scheduler: Scheduler = createScheduler({
    ...{ store: keptUntilArchived(store), clock: systemClock, observer, limits: LIMITS },
    archive: (run) => archive.add(run),
    ...(tracing !== null && { tracer: tracing.tracer }),
  });
  const wayOut = new WayOut({
    ...{ home: data.path, mapped, privateRanges, outlives: LIMITS.sandbox_orphan, limits: LIMITS },
    runAt: (visitor, at) => lately.onlyAt(visitor, at),
    onHost: () => undefined,
    onLog: (run, record) => terminal.log(run, record),
    count: (record) => metrics.reached(record),
  });
  const disk = await DiskWatch.start({ folder: data.path, limits: LIMITS, ...reserveOf(options) });
  const blobs = new BlobStore({ folder: join(data.path, "blobs"), limits: LIMITS, room: () => disk.room() });
  const bundles = new Bundles({ folder: data.bundles, blobs, limits: LIMITS, now: Date.now });
  await bundles.sweep();
  const secrets = access.vaultOf;
  const loading = {
    ...{ data, mapped, limits: LIMITS, shellEnv: options.shellEnv, sandbox: isolation === "container" },
    egress: () => wayOut.egress(),
    inherit: (networks: readonly Inherited[]) => wayOut.inherit(networks),
    onLog: (version: VersionName, record: LogRecord) => {
      terminal.log(null, record);
      logs.printed(version, null, record);
    },
    secretsOf: (agent: string) => secrets.values(agent),
  };
  const deploying: Deploying<LoadedVersion> = new Deploying<LoadedVersion>({
    ...{ records: store, bundles, secrets, clock: systemClock, limits: LIMITS },
    builder: platformBuilder(loading),
    starter: new PlatformStarter({ ...loading, bundleOf: (digest) => bundles.directory(digest) }),
    versions: { add: (source) => scheduler.addVersion(source) },
    checker: platformChecker(scheduler),
    workers: () => scheduler.workers(),
    memoryOf: memoryOfProcess,
    memoryTotal: memoryForSandboxes(),
    observer: {
      buildLine: (deployment, line) => logs.built(deployment, line),
      note: (sentence) => terminal.note(sentence),
      started: (kind, ms) => metrics.started(kind, ms),
      evicted: (reason) => metrics.evicted(reason),
    },
  });
  secrets.onChange((agent) => {
    deploying.rotated(agent).catch((fault: unknown) => terminal.note(`Secrets of ${agent}: ${String(fault)}`));
  });
  const notes = [...mappedNotes(mapped, isolation === "container"), ...(isolation === "none" ? [UNCONFINED] : [])];
  const parts: Parts = {
    ...{ data, isolation, terminal, metrics, store, access, scheduler, archive, blobs, deploying, wayOut },
    ...{ disk, logs, notes, tracing },
    mappedHosts: mapped.map(mappedHostText),
    openStreams: () => 0,
  };
  return parts;
}

const reserveOf = ({ diskReserve }: PlatformOptions) => (diskReserve === null ? {} : { reserve: diskReserve });

export const UNCONFINED = "Agents are not isolated (--isolation none): they can read and do what this server can.";

/** What weakens the server is written down at every start. */
async function noteStart({ access, isolation, mappedHosts }: Parts, { host }: PlatformOptions): Promise<void> {
  const detail = [`isolation ${isolation}`, `on ${host}`, ...mappedHosts.map((one) => `maps ${one}`)].join(", ");
  await access.log.note({ by: null, action: "server.start", detail });
}

/** What the command line says wrong is exit 2. */
function told<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ServeRefused(2, RunAgentError.wrap(error).problem, { cause: error });
  }
}

/** A directory of a newer version, or of another master key: nothing that the next start would mend. */
async function opened<T>({ path }: DataDirectory, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { problem } = RunAgentError.wrap(error);
    throw new ServeRefused(3, { ...problem, detail: `${path}: ${problem.detail}` }, { cause: error });
  }
}
