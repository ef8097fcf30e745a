/** What the gateway of a server is given. */
import type { GatewayPorts } from "../../gateway/index.ts";
import { VERSION } from "../../version.ts";
import { findPage } from "../page-files.ts";
import { archivedRuns } from "./archived-runs.ts";
import { deployingPort } from "./deploying-port.ts";
import { limitedRuns } from "./limited-runs.ts";
import { type Parts, UNCONFINED } from "./parts.ts";

export function portsOf(parts: Parts): GatewayPorts {
  const { access, archive, blobs, deploying, disk, isolation, logs } = parts;
  const { mappedHosts, metrics, scheduler, terminal, tracing, wayOut } = parts;
  return {
    runs: limitedRuns(archivedRuns(scheduler.runs, archive), {
      take: (caller) => access.run(caller),
      room: () => disk.room(),
    }),
    batches: scheduler.batches,
    sessions: scheduler.sessions,
    agents: deploying.agents,
    egress: wayOut,
    access,
    platform: deployingPort(parts),
    blobs,
    logs,
    page: findPage(),
    observer: { request: (entry) => terminal.request(entry), note: (sentence) => terminal.note(sentence) },
    ...(tracing !== null && { tracer: tracing.tracer }),
    info: () => ({
      ...{ version: VERSION, api: "v1", min_cli: VERSION, isolation },
      degraded: [...(isolation === "none" ? [UNCONFINED] : []), ...(disk.isFull() ? [DISK_LOW] : [])],
      mapped_hosts: mappedHosts,
    }),
    metrics: () => metrics.text(),
  };
}

const DISK_LOW =
  "The disk of the data directory is nearly full: deployments and durable runs are refused until there is space.";
