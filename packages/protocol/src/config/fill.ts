/** From what stands in the file, checked, to what the platform works with: defaults, bytes, milliseconds, tags. */
import { DEFAULT_LIMITS } from "../limits.ts";
import { parseDuration, parseSize } from "../units.ts";
import { child } from "./document.ts";
import { normalised } from "./formats.ts";
import { isStreamTag, isWebhook } from "./legacy.ts";
import { slug, tags } from "./names.ts";
import type { WrittenConfig, WrittenEntrypoint, WrittenRetry } from "./schema.ts";
import type { AgentConfig, EntrypointConfig, EntrypointType, Resources, Retry } from "./types.ts";

/** What only the text knows: where a thing stands, and how a number is spelled (`3.10` is no `3.1`). */
export interface Written {
  place(pointer: string): string;
  spelling(pointer: string, value: string | number | boolean): string;
}

export function fill(config: WrittenConfig, written: Written): AgentConfig {
  const { runtime, build, isolation, session } = config;
  const entrypoints = fillEntrypoints(config, written);
  const optional = (pointer: string, value: string | number | undefined): string | null =>
    value === undefined ? null : written.spelling(pointer, value);
  return {
    title: config.agent_name,
    name: slug(config.agent_name),
    description: config.description ?? null,
    framework: config.framework ?? null,
    version: optional("/version", config.version),
    entrypoints,
    envVars: fillVariables(config, written),
    secrets: [...new Set(config.secrets)],
    resources: fillResources(config.resources ?? {}),
    runtime: {
      python: optional("/runtime/python", runtime?.python),
      node: optional("/runtime/node", runtime?.node),
      image: runtime?.image ?? null,
      packages: runtime?.packages ?? [],
    },
    network: { egress: config.network?.egress ?? [] },
    build: { root: build?.root ?? null, include: build?.include ?? [], secrets: build?.secrets ?? [] },
    isolation: { scope: isolation?.scope ?? "agent", require: isolation?.require ?? null },
    lifespan: config.lifespan ?? null,
    persistentFolders: (config.persistent_folders ?? []).map((folder) =>
      typeof folder === "string"
        ? { path: tidy(folder), scope: "agent" }
        : { path: tidy(folder.path), scope: folder.scope ?? "agent" },
    ),
    session: { onBusy: session?.on_busy ?? "enqueue", ttlMs: milliseconds(session?.ttl) },
    healthcheck: config.healthcheck ?? healthcheckOf(config, entrypoints),
  };
}

interface Callable {
  readonly index: number;
  readonly file: string;
  readonly module: string;
  readonly written: WrittenEntrypoint;
}

/** Entrypoints that are code; those at other servers are left out. */
function callables(config: WrittenConfig): Callable[] {
  return config.agent_architecture.entrypoints.flatMap((written, index) => {
    const { file, module } = written;
    return isWebhook(written) || file === undefined || module === undefined ? [] : [{ index, file, module, written }];
  });
}

function fillEntrypoints(config: WrittenConfig, written: Written): EntrypointConfig[] {
  const all = callables(config);
  const named = tags(
    all.map((one) => (one.written.tag === undefined ? one : { tag: one.written.tag, module: one.module })),
  );
  return all.map((one, i) => fillEntrypoint(one, named[i] ?? one.module, written));
}

function fillEntrypoint(
  { index, file, module, written: one }: Callable,
  tag: string,
  written: Written,
): EntrypointConfig {
  return {
    tag,
    file: tidy(file),
    module,
    type: typeOf(one),
    input: one.input ?? null,
    delivery: one.delivery ?? null,
    idempotent: one.idempotent ?? false,
    retry: one.retry === undefined ? null : fillRetry(one.retry, one.idempotent ?? false),
    adapter: one.adapter ?? null,
    factory: one.factory ?? "worker",
    checkpointer: one.checkpointer ?? null,
    configKeys: one.config_keys ?? [],
    redact: one.redact ?? true,
    place: written.place(`/agent_architecture/entrypoints/${index}`),
  };
}

const typeOf = (one: WrittenEntrypoint): EntrypointType | null =>
  one.type ?? (isStreamTag(one) ? "generic_stream" : null);

/** Attempts of an entrypoint that may run twice and says no number. */
const IDEMPOTENT_ATTEMPTS = 3;

function fillRetry(retry: WrittenRetry, idempotent: boolean): Retry {
  return {
    maxAttempts: retry.max_attempts ?? (idempotent ? IDEMPOTENT_ATTEMPTS : 1),
    on: retry.on ?? ["AGENT_ERROR", "WORKER_LOST"],
    delayMs: milliseconds(retry.delay) ?? 1000,
    factor: retry.factor ?? 2,
  };
}

function healthcheckOf(config: WrittenConfig, entrypoints: readonly EntrypointConfig[]): string | null {
  const at = callables(config).findIndex((one) => one.written.healthcheck === true);
  return entrypoints[at]?.tag ?? null;
}

function fillVariables(config: WrittenConfig, written: Written): Record<string, string> {
  const entries = Object.entries(config.env_vars ?? {}).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, written.spelling(child("/env_vars", name), value)]],
  );
  return Object.fromEntries(entries);
}

function fillResources(resources: NonNullable<WrittenConfig["resources"]>): Resources {
  return {
    memory: bytes(resources.memory),
    cpu: resources.cpu === undefined ? null : Number(resources.cpu),
    timeoutMs: milliseconds(resources.timeout) ?? DEFAULT_LIMITS.timeout,
    concurrency: resources.concurrency ?? null,
    minInstances: resources.min_instances ?? 0,
    maxInstances: resources.max_instances ?? null,
    idleTimeoutMs: milliseconds(resources.idle_timeout) ?? DEFAULT_LIMITS.idle_timeout,
    disk: bytes(resources.disk),
  };
}

const tidy = (path: string): string => normalised(path) ?? path;
const bytes = (value: string | number | undefined): number | null =>
  value === undefined ? null : (parseSize(value) ?? null);
const milliseconds = (value: string | number | undefined): number | null =>
  value === undefined ? null : (parseDuration(value) ?? null);
