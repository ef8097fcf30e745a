/** A server's other hops as deploying sees them: a real store, sandboxes that the test drives, and its clock. */
import { createHash } from "node:crypto";
import {
  type AgentConfig,
  type BundleFile,
  DEFAULT_LIMITS,
  type Deployment,
  type DeploymentEvent,
  type Description,
  type LimitValues,
  type Problem,
} from "@runagent/protocol";
import { Deploying, type DeployingOptions } from "../../../src/control/deploy/platform.ts";
import type {
  BuildRequest,
  FoundResident,
  PlacedVersion,
  Resident,
  ScaleBounds,
  StartRequest,
} from "../../../src/control/deploy/ports.ts";
import type { Row } from "../../../src/control/deploy/worker-views.ts";
import { createMemoryStore } from "../../../src/engine/index.ts";
import { ManualClock, settled } from "../../manual-clock.ts";

/** What the scheduler would get. */
export interface FakeSource {
  readonly agent: string;
  readonly version: string;
  readonly sandbox: FakeSandbox;
}

export class FakeSandbox {
  readonly agent: string;
  readonly version: string;
  parked = false;
  closed = false;
  left = false;
  constructor({ agent, version }: { readonly agent: string; readonly version: string }) {
    this.agent = agent;
    this.version = version;
  }
}

export class FakePlaced implements PlacedVersion {
  idleSince: number | null;
  leads = false;
  bounds: ScaleBounds = { min: null, max: null };
  readonly cancelled: string[] = [];
  readonly source: FakeSource;
  #free: (() => void) | null = null;
  readonly #clock: ManualClock;

  constructor(source: FakeSource, clock: ManualClock) {
    this.source = source;
    this.#clock = clock;
    this.idleSince = clock.now();
  }

  lead(): void {
    this.leads = true;
  }

  scale(bounds: ScaleBounds): void {
    this.bounds = bounds;
  }

  cancelRuns(reason: string): void {
    this.cancelled.push(reason);
    this.endRuns();
  }

  startRun(): void {
    this.idleSince = null;
  }

  endRuns(): void {
    this.idleSince = this.#clock.now();
    this.#free?.();
  }

  async retire(): Promise<void> {
    if (this.idleSince === null) {
      await new Promise<void>((resolve) => {
        this.#free = resolve;
      });
    }
    this.source.sandbox.closed = true;
  }
}

type Config = Pick<AgentConfig, "name" | "secrets" | "healthcheck"> & { readonly resources: AgentConfig["resources"] };

export const RESOURCES: AgentConfig["resources"] = {
  ...{ memory: null, cpu: null, timeoutMs: 300_000, concurrency: null, disk: null },
  ...{ minInstances: 0, maxInstances: null, idleTimeoutMs: 60_000 },
};

export class World {
  readonly clock = new ManualClock();
  readonly limits: LimitValues;
  readonly store = createMemoryStore({ limits: DEFAULT_LIMITS, clock: this.clock });
  readonly sandboxes: FakeSandbox[] = [];
  readonly placed: FakePlaced[] = [];
  readonly builds: BuildRequest[] = [];
  readonly notes: string[] = [];
  readonly evicted: string[] = [];
  readonly missing = new Set<string>();
  readonly unset = new Set<string>();
  readonly collected: { bundles: string[]; environments: string[] } = { bundles: [], environments: [] };
  readonly found: FoundResident<FakeSource>[] = [];
  readonly rows: Row[] = [];
  readonly configs = new Map<string, Config>();
  memoryTotal = 8 * 1024 ** 3;
  build: (request: BuildRequest) => Promise<void> = () => Promise.resolve();
  start: (request: StartRequest) => Promise<void> = () => Promise.resolve();
  check: (signal: AbortSignal) => Promise<Problem | null> = () => Promise.resolve(null);

  constructor(limits: Partial<LimitValues> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** A server on the same records; another one is as after a restart. */
  async server(): Promise<Deploying<FakeSource>> {
    const deploying = new Deploying<FakeSource>(this.#options());
    await deploying.open();
    return deploying;
  }

  /** Waits for the end of the deployment and gives all that was told of it. */
  async deployed(
    server: Deploying<FakeSource>,
    agent: string,
    content: string,
    more: Partial<Config> = {},
  ): Promise<{ readonly events: readonly DeploymentEvent[]; readonly deployment: Deployment }> {
    const { id } = await server.deploy(this.order(agent, content, more));
    const events = await collect(server.follow(id, new AbortController().signal));
    await settled();
    return { events, deployment: server.deployment(id) };
  }

  order(agent: string, content: string, more: Partial<Config> = {}) {
    const files = [fileOf("agent.py", content), fileOf("runagent.config.json", agent)];
    this.configs.set(digestOf(JSON.stringify(files)), { ...configOf(agent), ...more });
    return { agent, files, folder: "", leftOut: [".env"], message: content, by: "key_1" };
  }

  last(): FakePlaced {
    const last = this.placed.at(-1);
    if (last === undefined) throw new Error("nothing was placed");
    return last;
  }

  resident(sandbox: FakeSandbox): Resident<FakeSource> {
    const { agent, version } = sandbox;
    return {
      description: describe(),
      source: { agent, version, sandbox },
      park: () => {
        sandbox.parked = true;
        return Promise.resolve(true);
      },
      memory: () => 1000,
      leave: () => {
        sandbox.left = true;
        return Promise.resolve();
      },
      close: () => {
        sandbox.closed = true;
        return Promise.resolve();
      },
    };
  }

  #options(): DeployingOptions<FakeSource> {
    return {
      records: this.store,
      bundles: {
        missing: (digests) => Promise.resolve(digests.filter((one) => this.missing.has(one))),
        materialise: ({ files }) =>
          Promise.resolve({ digest: digestOf(JSON.stringify(files)), directory: "/bundle", whole: "/bundle" }),
        collect: ({ bundles }) => {
          this.collected.bundles = [...bundles];
          return Promise.resolve();
        },
      },
      builder: {
        read: ({ digest }) => Promise.resolve(this.#config(digest)),
        build: async (request) => {
          this.builds.push(request);
          await this.build(request);
          return { environment: "env-1", packages: [`langgraph==${this.builds.length}`], spec: "{}" };
        },
        collect: (environments) => {
          this.collected.environments = [...environments];
          return Promise.resolve();
        },
      },
      starter: {
        start: async (request) => {
          const sandbox = new FakeSandbox(request);
          this.sandboxes.push(sandbox);
          await this.start(request);
          return this.resident(sandbox);
        },
        find: () => Promise.resolve(this.found),
      },
      versions: {
        add: (source) => {
          const placed = new FakePlaced(source, this.clock);
          this.placed.push(placed);
          return placed;
        },
      },
      checker: { check: (_run, signal) => this.check(signal) },
      secrets: {
        missing: (_agent, names) => Promise.resolve(names.filter((one) => this.unset.has(one))),
        forget: () => Promise.resolve(),
      },
      workers: () => this.rows,
      memoryOf: () => 2000,
      clock: this.clock,
      observer: {
        buildLine: () => {},
        note: (sentence) => this.notes.push(sentence),
        started: () => {},
        evicted: (reason) => this.evicted.push(reason),
      },
      memoryTotal: this.memoryTotal,
      limits: this.limits,
    };
  }

  #config(digest: string): AgentConfig {
    const config = this.configs.get(digest);
    if (config === undefined) throw new Error("a bundle that nobody made");
    return config as AgentConfig; // what deploying does not look at is left out
  }
}

export async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const one of all) items.push(one);
  return items;
}

function configOf(name: string): Config & Pick<AgentConfig, "title" | "entrypoints" | "envVars" | "network"> {
  const written = { tag: "main", file: "agent.py", module: "run", type: null, input: null, delivery: null };
  const rest = {
    idempotent: false,
    retry: null,
    adapter: null,
    checkpointer: null,
    configKeys: [],
    redact: true,
    place: "c:1",
  };
  return {
    ...{ name, title: name, secrets: [], healthcheck: null, resources: RESOURCES, envVars: { MODE: "a" } },
    entrypoints: [{ ...written, ...rest, factory: "worker" }],
    network: { egress: ["api.openai.com"] },
  };
}

function describe(): Description {
  const entrypoint = { tag: "main", type: "generic", input: "object", input_schema: {}, output_schema: null };
  return {
    entrypoints: [{ ...entrypoint, streams: false, slots: 1, adapter: "none", description: null }],
    fork: { safe: true },
  } as unknown as Description; // the rest is the sandbox's
}

const fileOf = (path: string, content: string): BundleFile => ({
  ...{ path, digest: digestOf(content), size: content.length, mode: 0o644 },
});

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
