/**
 * What agents printed, and what their builds said, kept below one folder: `{agent}/runs` and `{agent}/builds`. Bounded for
 * each agent, for all together, and by age; a sweep at the start and every hour deletes whole files.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type AgentLogRecord, type LimitValues, type LogRecord, RunAgentError } from "@runagent/protocol";
import { readLines } from "./read-segments.ts";
import { dropOldest, filesIn, type SegmentFile, SegmentLog } from "./segments.ts";

export interface AgentLogsOptions {
  readonly folder: string;
  readonly limits: LimitValues;
  readonly now: () => number;
  /** Whether there is such an agent, though it has printed nothing. */
  readonly isAgent: (name: string) => boolean;
  /** One sentence for the server's own log. */
  readonly note: (sentence: string) => void;
}

export interface Wanted {
  readonly follow: boolean;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
  readonly run: string | null;
  /** A version or a deployment. */
  readonly build: string | null;
}

interface Version {
  readonly agent: string;
  readonly version: string;
}

type Kind = "runs" | "builds";

const SWEEP_MS = 3_600_000;

export class AgentLogs {
  readonly #options: AgentLogsOptions;
  readonly #logs = new Map<string, SegmentLog>();
  readonly #timer: NodeJS.Timeout;
  #sweeping: Promise<void>;

  constructor(options: AgentLogsOptions) {
    this.#options = options;
    const swept = (): Promise<void> =>
      this.sweep().catch((fault: unknown) => options.note(`Old logs could not be deleted: ${String(fault)}`));
    this.#sweeping = swept();
    this.#timer = setInterval(() => {
      this.#sweeping = swept();
    }, SWEEP_MS);
    this.#timer.unref();
  }

  /** `run` null: it was printed outside of one. */
  printed({ agent, version }: Version, run: string | null, record: LogRecord): void {
    const { at, level, stream, message } = record;
    this.#add(agent, "runs", { at, level, stream, message, version, run, deployment: null });
  }

  built({ agent, version, id }: Version & { readonly id: string }, message: string): void {
    const at = new Date(this.#options.now()).toISOString();
    this.#add(agent, "builds", { at, level: "info", stream: "build", message, version, run: null, deployment: id });
  }

  /** Rejects with AGENT_NOT_FOUND. */
  async read(agent: string, wanted: Wanted): Promise<(signal: AbortSignal) => AsyncIterable<AgentLogRecord>> {
    const known = this.#options.isAgent(agent) || (NAME.test(agent) && (await this.#isKept(agent)));
    if (!known) throw new RunAgentError("AGENT_NOT_FOUND", `There is no agent ${JSON.stringify(agent)} here.`);
    const log = this.#log(agent, wanted.build === null ? "runs" : "builds");
    return (signal) => chosen(log, wanted, signal);
  }

  /** The agent was deleted. */
  async forget(agent: string): Promise<void> {
    await this.flushed();
    for (const kind of ["runs", "builds"] as const) this.#logs.delete(`${agent}/${kind}`);
    await rm(join(this.#options.folder, agent), { recursive: true, force: true });
  }

  /** Deletes what is too old, and the oldest of what is too much. */
  async sweep(): Promise<void> {
    const { folder, limits, now } = this.#options;
    const kept: SegmentFile[] = [];
    for (const agent of await readdir(folder)) {
      for (const kind of ["runs", "builds"]) {
        for (const file of await filesIn(join(folder, agent, kind))) {
          if (file.at < now() - limits.log_age) await rm(file.path, { force: true });
          else kept.push(file);
        }
      }
    }
    await dropOldest(
      kept.sort((a, b) => a.at - b.at),
      limits.logs_together,
    );
  }

  async flushed(): Promise<void> {
    await Promise.all([...this.#logs.values()].map((one) => one.flushed()));
  }

  /** What was printed is in its file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
    await this.flushed();
  }

  #add(agent: string, kind: Kind, record: AgentLogRecord): void {
    this.#log(agent, kind).add(JSON.stringify(record));
  }

  #log(agent: string, kind: Kind): SegmentLog {
    const name = `${agent}/${kind}`;
    const found = this.#logs.get(name);
    if (found !== undefined) return found;
    const { folder, limits, note, now } = this.#options;
    const log = new SegmentLog({
      ...{ folder: join(folder, agent, kind), limits },
      dropped: (lines) => droppedLine(lines, now()),
      failed: (cause) => note(`The log of ${agent} cannot be written: ${String(cause)}`),
    });
    this.#logs.set(name, log);
    return log;
  }

  async #isKept(agent: string): Promise<boolean> {
    if (this.#logs.has(`${agent}/runs`) || this.#logs.has(`${agent}/builds`)) return true;
    return (await readdir(this.#options.folder)).includes(agent);
  }
}

/** Names of agents; a path is none. */
const NAME = /^[a-z0-9][a-z0-9._-]*$/i;

function droppedLine(lines: number, now: number): string {
  return JSON.stringify({
    at: new Date(now).toISOString(),
    level: "warning",
    stream: "logging",
    message: `${lines} lines are missing here: the disk did not take them, or not as fast as they came`,
    version: "",
    run: null,
    deployment: null,
  } satisfies AgentLogRecord);
}

async function* chosen(log: SegmentLog, wanted: Wanted, signal: AbortSignal): AsyncIterable<AgentLogRecord> {
  const { since, follow } = wanted;
  for await (const line of readLines(log, { since, follow, signal })) {
    const record = readRecord(line);
    if (record !== null && fits(record, wanted)) yield record;
  }
}

function fits({ at, run, version, deployment }: AgentLogRecord, wanted: Wanted): boolean {
  if (wanted.since !== null && Date.parse(at) < wanted.since) return false;
  if (wanted.run !== null && run !== wanted.run) return false;
  return wanted.build === null || version === wanted.build || deployment === wanted.build;
}

/** Null: a line that is none of ours. */
function readRecord(line: string): AgentLogRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null; // the disk was full in the middle of it
  }
}

function isRecord(value: unknown): value is AgentLogRecord {
  if (typeof value !== "object" || value === null) return false;
  return "at" in value && typeof value.at === "string" && "message" in value && "run" in value && "deployment" in value;
}
