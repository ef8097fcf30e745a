/**
 * The one place that knows every hop and plugs them together; the compiler proves here that the plugs fit. Today:
 * `runagent serve`, one agent on loopback. `runagent server` will be a second composition of the same hops.
 */
import { DEFAULT_LIMITS, type Problem, RunAgentError } from "@runagent/protocol";
import { announceFailure, announceReady, announceReload } from "./compose/announce.ts";
import { cannotConfine } from "./compose/confine.ts";
import { type Folders, openFolders } from "./compose/folders.ts";
import { listenSomewhere } from "./compose/listen.ts";
import { agentLoader, type LoadAgentOptions } from "./compose/load-agent.ts";
import { findPage } from "./compose/page-files.ts";
import { RunsLately } from "./compose/runs-lately.ts";
import { type RunningServe, type ServeOptions, ServeRefused } from "./compose/serve-options.ts";
import { mappedNotes, WayOut } from "./compose/way-out.ts";
import { findWorkerFiles } from "./compose/worker-files.ts";
import { HostsSeen } from "./control/hosts-seen.ts";
import { Metrics } from "./control/metrics.ts";
import type { Announcer } from "./control/ports.ts";
import { Serving } from "./control/serving.ts";
import { Terminal } from "./control/terminal.ts";
import { openTracing, type Tracing } from "./control/tracing/open-tracing.ts";
import { Watch } from "./control/watch.ts";
import { type MappedHost, mappedHostText, readMappedHost } from "./egress/index.ts";
import { createMemoryStore } from "./engine/index.ts";
import type { Gateway, GatewayPorts } from "./gateway/index.ts";
import { systemClock } from "./scheduler/clock.ts";
import type { RunObserver, VersionSource } from "./scheduler/ports.ts";
import { createScheduler, type Scheduler } from "./scheduler/scheduler.ts";
import { VERSION } from "./version.ts";

const LIMITS = DEFAULT_LIMITS;

/** Serves the agent of a folder. Rejects with ServeRefused when there is nothing to serve or the port is taken. */
export async function serve(options: ServeOptions): Promise<RunningServe> {
  const unable = options.sandbox ? cannotConfine(options.shellEnv.PATH ?? "") : null;
  if (unable !== null) throw new ServeRefused(3, unable);
  const parts = assemble(options, mappedHosts(options));
  const stopped = Promise.withResolvers<number>();
  let closing: Promise<void> | null = null;
  const close = (code: number): Promise<void> => {
    closing ??= shut(parts).then(() => stopped.resolve(code));
    return closing;
  };
  try {
    parts.at = await listenSomewhere(options, portsOf(parts));
  } catch (error) {
    await close(0);
    throw error;
  }
  const interrupted = (): void => void close(130);
  options.signal.addEventListener("abort", interrupted, { once: true });
  if (options.signal.aborted) interrupted();
  await parts.serving.reload();
  const state = parts.serving.readiness();
  if (!options.signal.aborted && !state.ready && parts.serving.absent) {
    await close(3);
    throw new ServeRefused(3, { ...state.problem, hint: "Name a folder with an agent: runagent serve PATH." });
  }
  if (!state.ready && !options.reload) await close(1);
  return { url: parts.at.url, closed: stopped.promise, close: (reason) => close(reason === "SIGINT" ? 130 : 143) };
}

/** Everything that `serve` started, and so must stop. */
interface Parts {
  readonly terminal: Terminal;
  readonly folders: Folders;
  readonly hosts: HostsSeen;
  readonly metrics: Metrics;
  readonly scheduler: Scheduler;
  readonly serving: Serving<VersionSource>;
  readonly watch: Watch;
  readonly wayOut: WayOut;
  readonly tracing: Tracing | null;
  /** As they were named. */
  readonly mappedHosts: readonly string[];
  readonly isolation: "process" | "container";
  at: { readonly gateway: Gateway; readonly url: string } | null;
}

function mappedHosts({ mapHosts }: ServeOptions): readonly MappedHost[] {
  try {
    return mapHosts.map(readMappedHost);
  } catch (error) {
    throw new ServeRefused(2, RunAgentError.wrap(error).problem, { cause: error });
  }
}

function assemble(options: ServeOptions, mapped: readonly MappedHost[]): Parts {
  const { stdout: out, quiet, color } = options;
  const format = options.json || options.logFormat === "json" ? "json" : "text";
  const terminal = new Terminal({ out, format, color, quiet, queue: LIMITS.log_queue });
  const folders = openFolders(options.home, options.path);
  const hosts = new HostsSeen(folders.hostsFile, LIMITS.hosts_seen);
  const metrics: Metrics = new Metrics({
    gauges: () => ({ ...scheduler.stats(), openStreams: parts.at?.gateway.openStreams ?? 0 }),
    processes: () => scheduler.workers(),
  });
  const tracing = openTracing({
    ...{ env: options.shellEnv, limits: LIMITS, version: VERSION },
    note: (sentence) => terminal.note(sentence),
    dropped: (spans) => metrics.spansDropped(spans),
  });
  const store = createMemoryStore({ limits: LIMITS, clock: systemClock });
  const lately: RunsLately = new RunsLately(() => scheduler.workers());
  const scheduler: Scheduler = createScheduler({
    store,
    clock: systemClock,
    observer: observer(terminal, metrics, lately),
    limits: LIMITS,
    ...(tracing !== null && { tracer: tracing.tracer }),
  });
  const wayOut = new WayOut({
    ...{ home: options.home, mapped, privateRanges: [], outlives: 0, limits: LIMITS },
    runAt: (visitor, at) => lately.onlyAt(visitor, at),
    onHost: (host, port) => void hosts.add(host, port),
    onLog: (run, record) => terminal.log(run, record),
    count: (record) => metrics.reached(record),
  });
  const serving: Serving<VersionSource> = new Serving({
    loader: agentLoader(loadOptions(options, { terminal, folders, hosts, wayOut })),
    versions: {
      add: (one) => scheduler.addVersion(one),
      retire: (agent, version) => scheduler.retireVersion(agent, version),
    },
    announcer: announcer(terminal, { waits: options.reload, first: mappedNotes(mapped, options.sandbox) }, () => ({
      url: parts.at?.url ?? "",
      agent: serving.list()[0],
    })),
    limits: LIMITS,
    onWatch: (files, loadedAt) => {
      if (options.reload) watch.set(files, loadedAt);
    },
    ...(options.reload ? { caughtUp: () => watch.caughtUp() } : {}),
  });
  const watch = new Watch({
    moved: () => serving.stale(),
    same: () => serving.fresh(),
    changed: () => void serving.reload(),
  });
  const parts: Parts = {
    terminal,
    folders,
    hosts,
    metrics,
    scheduler,
    serving,
    watch,
    wayOut,
    tracing,
    mappedHosts: mapped.map(mappedHostText),
    isolation: options.sandbox ? "container" : "process",
    at: null,
  };
  return parts;
}

function loadOptions(
  options: ServeOptions,
  parts: Pick<Parts, "terminal" | "folders" | "hosts" | "wayOut">,
): LoadAgentOptions {
  const { path: root, envFile, entry, python, sandbox, verbose, shellEnv, home, stderr } = options;
  return {
    ...{ root, envFile, entry, python, sandbox, verbose, shellEnv, home },
    agentEnv: shellEnv,
    folders: parts.folders,
    workers: findWorkerFiles(),
    limits: LIMITS,
    progress: (line, by) => void (options.quiet || (by === "tool" && !options.watched) || stderr.write(`${line}\n`)),
    explain: options.explain ? (lines) => void stderr.write(`${lines.join("\n")}\n`) : null,
    mapped: mappedHosts(options),
    egress: () => parts.wayOut.egress(),
    outliving: null,
    onHost: (host, port) => void parts.hosts.add(host, port),
    onLog: (record) => parts.terminal.log(null, record),
  };
}

function portsOf(parts: Parts): GatewayPorts {
  const { scheduler, serving, terminal, metrics, isolation, wayOut, mappedHosts, tracing } = parts;
  return {
    runs: scheduler.runs,
    batches: scheduler.batches,
    sessions: scheduler.sessions,
    agents: serving,
    egress: wayOut,
    page: findPage(),
    observer: { request: (entry) => terminal.request(entry), note: (sentence) => terminal.note(sentence) },
    ...(tracing !== null && { tracer: tracing.tracer }),
    info: () => ({
      version: VERSION,
      api: "v1",
      min_cli: VERSION,
      isolation,
      degraded: [],
      mapped_hosts: mappedHosts,
    }),
    metrics: () => metrics.text(),
  };
}

function observer(terminal: Terminal, metrics: Metrics, lately: RunsLately): RunObserver {
  return {
    admitted: () => {},
    ended(run) {
      metrics.ended({ ...run, origin: run.problem?.origin ?? "none" });
      lately.ended(run);
    },
    log: ({ id }, record) => terminal.log(id, record),
    started: (kind, ms) => metrics.started(kind, ms),
  };
}

type Now = () => { readonly url: string; readonly agent: Parameters<typeof announceReady>[1]["agent"] | undefined };

interface Saying {
  /** A change is waited for. */
  readonly waits: boolean;
  /** Said once, at the start. */
  readonly first: readonly string[];
}

function announcer(terminal: Terminal, { waits, first }: Saying, now: Now): Announcer<VersionSource> {
  let wasReady = false;
  return {
    loaded({ notes }, _version, ms) {
      const { url, agent } = now();
      if (agent === undefined) return;
      if (wasReady) announceReload(terminal, { url, agent, notes, ms });
      else announceReady(terminal, { url, agent, notes: [...first, ...notes], ms });
      wasReady = true;
    },
    failed(found: Problem, absent: boolean) {
      if (!absent || wasReady) announceFailure(terminal, { url: now().url, problem: found, waits });
    },
  };
}

async function shut(parts: Parts): Promise<void> {
  parts.watch.close();
  await Promise.all([
    parts.at?.gateway.close(LIMITS.shutdown),
    parts.scheduler.close(LIMITS.shutdown),
    parts.serving.close(),
  ]);
  await Promise.all([parts.wayOut.close(), parts.tracing?.close(LIMITS.trace_close)]);
  parts.hosts.close();
  parts.folders.close();
  parts.terminal.flush();
}
