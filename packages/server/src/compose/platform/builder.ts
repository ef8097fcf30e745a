/** Reads a bundle's config, and makes the environment that it asks for: what `start` then finds made. */
import { resolve, sep } from "node:path";
import { type AgentConfig, RunAgentError } from "@runagent/protocol";
import { languageOf } from "@runagent/protocol/config";
import { type FolderReading, loadProblem, readFolder } from "../../build/config-file.ts";
import { installedPackages, resolveEnvironment } from "../../build/environment/index.ts";
import type { Builder, BuildRequest, Built, Bundle } from "../../control/deploy/ports.ts";
import { confine } from "../confine.ts";
import { confinedParts } from "../confined-parts.ts";
import { loadOptions, type VersionLoading } from "./version-loader.ts";

export interface BuilderParts extends VersionLoading {
  /** Values of an agent's secrets. */
  readonly secretsOf: (agent: string) => Readonly<Record<string, string>>;
}

export function platformBuilder(parts: BuilderParts): Builder {
  return {
    read: (bundle) => readBundle(parts, bundle),
    build: (request) => build(parts, request),
    collect: async () => undefined, // the cache bounds itself: `environment_cache`
  };
}

/** Whose variables are asked for is known when it was read once. */
async function readBundle(parts: BuilderParts, bundle: Bundle): Promise<AgentConfig> {
  const config = await readAgent(parts, bundle);
  assertInside(config, bundle);
  return config;
}

async function readAgent(parts: BuilderParts, { directory }: Bundle): Promise<AgentConfig> {
  const first = await readFolder({ root: directory, env: {}, envFile: null, entry: null });
  const agent = first.kind === "read" ? first.config.name : first.kind === "invalid" ? first.agent : null;
  if (agent === null) return configOf(first);
  return configOf(await readFolder({ root: directory, env: parts.secretsOf(agent), envFile: null, entry: null }));
}

/** A build gets a copy of all that `build.root` names: outside of the bundle that would be what is this server's. */
function assertInside({ build: { root } }: AgentConfig, { directory, whole }: Bundle): void {
  const top = resolve(directory, root ?? ".");
  if (top === whole || top.startsWith(whole + sep)) return;
  const detail = `\`build.root\` is ${JSON.stringify(root)}, which is outside of the bundle.`;
  throw new RunAgentError("INVALID_REQUEST", detail, {
    errors: [{ pointer: "/build/root", detail }],
    hint: "`runagent deploy` sends all of `build.root`; who makes the bundle says in `folder` where the agent is in it.",
  });
}

function configOf(reading: FolderReading): AgentConfig {
  switch (reading.kind) {
    case "read":
      return reading.config;
    case "invalid": {
      const { detail, errors } = loadProblem(reading.problems);
      throw new RunAgentError("INVALID_REQUEST", detail, {
        hint: "`runagent validate` shows everything that is wrong.",
        ...(errors === undefined ? {} : { errors }),
      });
    }
    case "nothing":
      throw new RunAgentError(
        "INVALID_REQUEST",
        "The bundle has no runagent.config.json, and no agent was found in it.",
        {
          hint: "`runagent init` writes one.",
        },
      );
  }
}

async function build(parts: BuilderParts, request: BuildRequest): Promise<Built> {
  const { agent, version, directory: root, config, signal, onLine } = request;
  const language = languageOf(config.entrypoints[0]?.file ?? "");
  if (language === undefined) throw new RunAgentError("INVALID_REQUEST", "The config names no entrypoint.");
  const options = loadOptions(parts, { agent, version, root, secrets: {}, progress: onLine, outliving: null });
  const { home, shellEnv: env, progress, limits, mapped, workers, folders } = options;
  const secrets = pick(parts.secretsOf(agent), config.build.secrets);
  const wanted = { root, config, language, pythonFlag: null, home, env, secrets, scope: agent, progress, signal };
  if (!parts.sandbox) {
    const { built } = await resolveEnvironment(wanted);
    return { environment: built?.key ?? null, packages: [], spec: "{}" };
  }
  const { packages, image } = config.runtime;
  const confined = await confine({
    ...{ home, packages, image, node: process.execPath, env, progress, signal, limits, mapped },
  });
  const { environment, notes } = await confinedParts({ request: wanted, confined, folders, workers, touched: [] });
  for (const note of notes) onLine(note);
  const { id, directory } = environment;
  const installed = directory === null ? [] : await installedPackages(directory, language);
  return { environment: id, packages: installed, spec: "{}" };
}

const pick = (all: Readonly<Record<string, string>>, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
