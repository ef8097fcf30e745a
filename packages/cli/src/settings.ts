/** The one place that reads the environment (style.md, habit 8). `RUNAGENT_HOME` wins over the platform's own folders. */
import { join, resolve } from "node:path";

export interface Settings {
  readonly configFolder: string;
  readonly cacheFolder: string;
  /** Where `server` keeps everything: RUNAGENT_DATA. */
  readonly dataFolder: string;
  /** What `server` encrypts secrets with: RUNAGENT_MASTER_KEY, or what stands in RUNAGENT_MASTER_KEY_FILE. */
  readonly masterKey: string | null;
  readonly masterKeyFile: string | null;
  /** `server` prints a login code though there is an admin's key: RUNAGENT_NEW_LOGIN_CODE=1. */
  readonly newLoginCode: boolean;
  /** The first socket that systemd handed over. */
  readonly listenFd: number | null;
  readonly url: string | null;
  readonly apiKey: string | null;
  readonly color: boolean;
  readonly ci: boolean;
  /** The launcher of this program. */
  readonly program: string;
  readonly workingFolder: string;
  /** What `serve` hands on to the agent, less `RUNAGENT_*`. */
  readonly shell: Readonly<Record<string, string | undefined>>;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly program: string;
  readonly platform: string;
  readonly userFolder: string;
  readonly workingFolder: string;
}

export function readSettings({ env, pid, program, platform, userFolder, workingFolder }: Surroundings): Settings {
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
    dataFolder: env.RUNAGENT_DATA ? resolve(workingFolder, env.RUNAGENT_DATA) : dataFolder(own, env, userFolder),
    masterKey: env.RUNAGENT_MASTER_KEY || null,
    masterKeyFile: env.RUNAGENT_MASTER_KEY_FILE ? resolve(workingFolder, env.RUNAGENT_MASTER_KEY_FILE) : null,
    newLoginCode: env.RUNAGENT_NEW_LOGIN_CODE === "1",
    listenFd: env.LISTEN_PID === String(pid) && Number(env.LISTEN_FDS) > 0 ? FIRST_HANDED : null,
    url: env.RUNAGENT_URL || null,
    apiKey: env.RUNAGENT_API_KEY || null,
    color: !env.NO_COLOR && env.TERM !== "dumb",
    ci: Boolean(env.CI),
    program,
    workingFolder,
    shell: env,
  };
}

function dataFolder(own: string | null, env: Surroundings["env"], userFolder: string): string {
  if (own !== null) return join(own, "server");
  return join(env.XDG_DATA_HOME || join(userFolder, ".local/share"), "runagent");
}

/** `sd_listen_fds(3)`: they begin here. */
const FIRST_HANDED = 3;
