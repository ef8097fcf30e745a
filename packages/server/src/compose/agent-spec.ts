/** What a worker is told about the agent: the config, less what is the server's own business. */
import type { AgentConfig, AgentSpec, EntrypointConfig, EntrypointSpec, LimitValues } from "@runagent/protocol";

export interface BundleOutcome {
  readonly files: Readonly<Record<string, string>>;
  readonly frameworks: string | null;
  readonly schemas: AgentSpec["schemas"];
}

export function agentSpec(
  root: string,
  config: AgentConfig,
  limits: LimitValues,
  bundle: BundleOutcome | null,
): AgentSpec {
  const { event, output, log_line, logs_per_run, channel_held, session_bytes, stop_grace, probe_time } = limits;
  return {
    name: config.name,
    root,
    entrypoints: config.entrypoints.map(entrypointSpec),
    lifespan: config.lifespan,
    concurrency: config.resources.concurrency,
    secrets: config.secrets,
    limits: { event, output, log_line, logs_per_run, channel_held, session_bytes },
    stop_grace_ms: stop_grace,
    probe_ms: probe_time,
    ...(bundle === null ? {} : bundleSpec(bundle)),
  };
}

function bundleSpec({ files, frameworks, schemas }: BundleOutcome): Pick<AgentSpec, "bundle" | "schemas"> {
  return {
    bundle: { files, ...(frameworks === null ? {} : { frameworks }) },
    ...(schemas === undefined ? {} : { schemas }),
  };
}

function entrypointSpec(one: EntrypointConfig): EntrypointSpec {
  return {
    tag: one.tag,
    file: one.file,
    module: one.module,
    factory: one.factory,
    place: one.place,
    ...(one.type === null ? {} : { type: one.type }),
    ...(one.input === null ? {} : { input: one.input }),
    ...(one.adapter === null ? {} : { adapter: one.adapter }),
    ...(one.checkpointer === null ? {} : { checkpointer: one.checkpointer }),
    ...(one.configKeys.length === 0 ? {} : { config_keys: one.configKeys }),
  };
}
