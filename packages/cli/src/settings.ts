/** The one place that reads the environment (style.md, habit 8). `RUNAGENT_HOME` wins over the platform's own folders. */
import { join, resolve } from "node:path";

export interface Settings {
  readonly configFolder: string;
  readonly cacheFolder: string;
  readonly url: string | null;
  readonly apiKey: string | null;
  readonly color: boolean;
  readonly ci: boolean;
  readonly workingFolder: string;
  /** What `serve` hands on to the agent, less `RUNAGENT_*`. */
  readonly shell: Readonly<Record<string, string | undefined>>;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  readonly userFolder: string;
  readonly workingFolder: string;
}

export function readSettings({ env, platform, userFolder, workingFolder }: Surroundings): Settings {
  const own = env.RUNAGENT_HOME ? resolve(workingFolder, env.RUNAGENT_HOME) : null;
  const place = (variable: string, mac: string, other: string): string => {
    if (own !== null) return own;
    const given = env[variable];
    if (given) return join(given, "runagent");
    return join(userFolder, platform === "darwin" ? mac : other, "runagent");
  };
  return {
    configFolder: place("XDG_CONFIG_HOME", "Library/Application Support", ".config"),
    cacheFolder: place("XDG_CACHE_HOME", "Library/Caches", ".cache"),
    url: env.RUNAGENT_URL || null,
    apiKey: env.RUNAGENT_API_KEY || null,
    color: !env.NO_COLOR && env.TERM !== "dumb",
    ci: Boolean(env.CI),
    workingFolder,
    shell: env,
  };
}
