/** One handler for each row of the route table: the compiler proves that none is missing. */
import type { RouteId } from "@runagent/protocol/api";
import type { Exchange } from "../exchange.ts";
import {
  createKey,
  listAudit,
  listKeys,
  listSecrets,
  login,
  revokeKey,
  setSecret,
  unsetSecret,
  whoami,
} from "./access.ts";
import { agentLogs } from "./agent-logs.ts";
import { getAgent, listAgents } from "./agents.ts";
import { batchRuns, cancelBatch, createBatch, getBatch, retryBatch } from "./batches.ts";
import { missingBlobs, putBlob } from "./blobs.ts";
import { cancelDeployment, createDeployment, deploymentEvents, getDeployment, listDeployments } from "./deployments.ts";
import { docs, openapi } from "./docs.ts";
import { listEgress } from "./egress.ts";
import { runEvents } from "./events.ts";
import { healthz, info, readyz } from "./health.ts";
import { metrics } from "./metrics.ts";
import { home, pageFile, pageState } from "./page.ts";
import { runShort } from "./run.ts";
import { cancelRun, createRun, getRun, listRuns, resumeRun, retryRun, runLogs } from "./runs.ts";
import { deleteSession, forkSession, getSession, listSessions } from "./sessions.ts";
import {
  deleteAgent,
  diffVersion,
  getVersion,
  listVersions,
  listWorkers,
  promoteVersion,
  rollback,
  scaleAgent,
} from "./versions.ts";

export type Handler = (exchange: Exchange) => Promise<void> | void;

export const HANDLERS: Readonly<Record<RouteId, Handler>> = {
  run: runShort,
  runTag: runShort,
  createRun,
  listRuns,
  getRun,
  runEvents,
  runLogs,
  cancelRun,
  retryRun,
  resumeRun,
  createBatch,
  getBatch,
  batchRuns,
  cancelBatch,
  retryBatch,
  listAgents,
  getAgent,
  listEgress,
  missingBlobs,
  putBlob,
  createDeployment,
  listDeployments,
  getDeployment,
  deploymentEvents,
  cancelDeployment,
  listVersions,
  getVersion,
  diffVersion,
  promoteVersion,
  rollback,
  scaleAgent,
  deleteAgent,
  agentLogs,
  listWorkers,
  listSessions,
  getSession,
  deleteSession,
  forkSession,
  login,
  whoami,
  listKeys,
  createKey,
  revokeKey,
  listSecrets,
  setSecret,
  unsetSecret,
  listAudit,
  info,
  healthz,
  readyz,
  metrics,
  openapi,
  home,
  pageFile,
  pageState,
  docs,
};
