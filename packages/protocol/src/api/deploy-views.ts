/** Deployments, versions and workers as JSON Schema. Types stand in `../deployment.ts`. */
import { DEPLOYMENT_STATUSES, DEPLOYMENT_STEPS, VERSION_STATUSES } from "../deployment.ts";
import { any, count, nullable, object, page, ref, string, strings, time } from "./schemas.ts";

const step = { type: "string", enum: DEPLOYMENT_STEPS } as const;
const ms = { type: "number", minimum: 0 } as const;
const bound = { type: ["integer", "null"], description: "null: as the config says" } as const;

const version = {
  agent: string,
  version: string,
  status: { type: "string", enum: VERSION_STATUSES },
  created_at: time,
  message: nullable,
  by: { ...nullable, description: "id of the key that deployed it" },
  digest: { ...string, description: "of the bundle" },
  files: count,
  bytes: count,
  url: { ...string, description: "the path that always runs this version" },
};

export const DEPLOY_VIEWS = {
  Deployment: object({
    id: { type: "string", pattern: "^dep_" },
    agent: string,
    version: { ...nullable, description: "null until it is live" },
    status: { type: "string", enum: DEPLOYMENT_STATUSES },
    created_at: time,
    ended_at: nullable,
    steps: { type: "array", items: object({ name: step, ms }) },
    problem: { anyOf: [ref("Problem"), { type: "null" }] },
    message: nullable,
    by: nullable,
    changed: { type: ["boolean", "null"], description: "false: the same bundle was live already" },
  }),
  DeploymentPage: page("Deployment"),
  DeploymentEvent: {
    description: "an end is `deployed`, or `failed` with the members of a problem",
    ...object(
      {
        event: { type: "string", enum: ["step", "log", "deployed", "failed"] },
        name: step,
        step,
        ms,
        line: string,
        agent: string,
        version: string,
        url: string,
        version_url: string,
        changed: { type: "boolean" },
        left_out: strings,
        egress: strings,
        start: { type: "string", enum: ["fork", "process"] },
      },
      [
        "name",
        "step",
        "ms",
        "line",
        "agent",
        "version",
        "url",
        "version_url",
        "changed",
        "left_out",
        "egress",
        "start",
      ],
    ),
  },
  Version: object(version),
  VersionPage: page("Version"),
  VersionDetail: object({
    ...version,
    config: { type: "object", description: "as it was filled in; of variables only the names" },
    entrypoints: { type: "array", items: any },
    environment: nullable,
    packages: strings,
    manifest: { type: "array", items: object({ path: string, digest: string, size: count, mode: count }) },
  }),
  VersionDiff: object({
    agent: string,
    version: string,
    against: string,
    files: object({ added: strings, changed: strings, removed: strings }),
    packages: object({ added: strings, removed: strings }),
    config: { type: "array", items: object({ pointer: string, before: any, after: any }) },
  }),
  AgentLog: object({
    at: time,
    level: { type: "string", enum: ["debug", "info", "warning", "error"] },
    stream: { type: "string", enum: ["stdout", "stderr", "logging", "build"] },
    message: string,
    version: string,
    run: { ...nullable, description: "null: outside of a run" },
    deployment: { ...nullable, description: "of a line of a build" },
  }),
  MissingBlobs: object({ missing: strings }),
  Scale: object({ agent: string, min_instances: bound, max_instances: bound }),
  WorkerList: object({
    items: {
      type: "array",
      items: object({
        agent: string,
        version: string,
        worker: { ...string, description: "`sandbox`: the row is of the sandbox itself" },
        pid: { type: ["integer", "null"] },
        state: { type: "string", enum: ["starting", "idle", "busy", "draining", "running", "parked"] },
        runs: strings,
        memory: { type: ["integer", "null"], description: "bytes" },
        since: time,
      }),
    },
    next: { type: "null" },
  }),
} as const;
