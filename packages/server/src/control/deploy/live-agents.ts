/**
 * Finds what a call is for among all agents: at once when its version is awake, else when its sandbox has started or was
 * woken. Mistakes in names are told before anything is started.
 */
import type { AgentView, Caller, EntrypointConfig, EntrypointDescription } from "@runagent/protocol";
import { maySee, RunAgentError } from "@runagent/protocol";
import { closest } from "@runagent/protocol/config";
import type { Catalogue } from "./catalogue.ts";
import type { VersionRecord } from "./records.ts";

interface Found {
  readonly agent: string;
  readonly version: string;
  readonly entrypoint: EntrypointDescription;
  readonly config: EntrypointConfig;
  readonly timeoutMs: number;
}

interface Call {
  readonly agent: string;
  readonly version: string | null;
  readonly tag: string | null;
}

export class LiveAgents<Source> {
  readonly #catalogue: Catalogue<Source>;
  readonly #listeners = new Set<() => void>();
  /** The server is stopping. */
  closed = false;

  constructor(catalogue: Catalogue<Source>) {
    this.#catalogue = catalogue;
  }

  resolve(caller: Caller, { agent, version, tag }: Call): Found | Promise<Found> {
    this.#assertSeen(caller, agent);
    const residency = version === null ? this.#catalogue.live(agent) : this.#catalogue.version(agent, version);
    const found = find(residency.record, tag);
    if (residency.up) {
      residency.touch();
      return found;
    }
    return residency.awaken(caller?.keyId ?? "").then(() => found);
  }

  list(caller: Caller): readonly AgentView[] {
    return [...this.#catalogue.all()].flatMap(({ view }) => (maySee(caller, view.name) ? view : []));
  }

  async get(caller: Caller, name: string): Promise<AgentView> {
    this.#assertSeen(caller, name);
    return this.#catalogue.agent(name).view;
  }

  readiness(): { readonly ready: true } | { readonly ready: false; readonly problem: RunAgentError["problem"] } {
    if (!this.closed) return { ready: true };
    return { ready: false, problem: new RunAgentError("DRAINING", "The server is stopping.").problem };
  }

  /** Calls `changed` after every switch, until the function that it returns is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  changed(): void {
    for (const tell of this.#listeners) tell();
  }

  #assertSeen(caller: Caller, name: string): void {
    if (!maySee(caller, name)) throw new RunAgentError("AGENT_NOT_FOUND", `There is no agent "${name}" here.`);
  }
}

function find(record: VersionRecord, tag: string | null): Found {
  const { agent, version, config, entrypoints } = record;
  const entrypoint = tag === null ? entrypoints[0] : entrypoints.find((one) => one.tag === tag);
  const written = config.entrypoints.find((one) => one.tag === entrypoint?.tag);
  if (entrypoint === undefined || written === undefined) throw unknownTag(record, tag ?? "");
  return { agent, version, entrypoint, config: written, timeoutMs: config.resources.timeoutMs };
}

function unknownTag({ agent, entrypoints }: VersionRecord, asked: string): RunAgentError {
  const tags = entrypoints.map((one) => one.tag);
  const near = closest(asked, tags);
  const guess = near === undefined ? "" : ` Did you mean "${near}"?`;
  const detail = `${agent} has no entrypoint "${asked}".${guess} Its tags: ${tags.join(", ")}.`;
  return new RunAgentError("ENTRYPOINT_NOT_FOUND", detail, near === undefined ? {} : { suggestion: near });
}
