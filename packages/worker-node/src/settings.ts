/**
 * What the driver told this process through its environment. Read once; `RUNAGENT_*` is then removed, so that agent code
 * never sees the channel's secret (S2).
 */
export interface Settings {
  readonly socket: string;
  readonly worker: string;
  readonly token: string;
  /** How long to look for a new server after the channel closed; 0: exit at once. */
  readonly orphanMs: number;
}

export function takeSettings(env: NodeJS.ProcessEnv): Settings {
  const settings = {
    socket: required(env, "RUNAGENT_SOCKET"),
    worker: required(env, "RUNAGENT_WORKER"),
    token: required(env, "RUNAGENT_TOKEN"),
    orphanMs: Number(env.RUNAGENT_ORPHAN_SECONDS ?? "0") * 1000 || 0,
  };
  for (const name of Object.keys(env)) if (name.startsWith("RUNAGENT_")) delete env[name];
  return settings;
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set: a worker is started by RunAgent`);
  return value;
}
