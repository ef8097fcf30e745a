/** `@runagent/sdk`: call agents from TypeScript and JavaScript. */
export type { AuditEntry, KeyView, NewKey, Scope, SecretView } from "@runagent/protocol/access";
export type { AgentLogRecord as AgentLog } from "@runagent/protocol/agent-log";
export type {
  BundleFile,
  Deployment,
  DeploymentEvent,
  ScaleView,
  VersionDetail,
  VersionDiff,
  VersionView,
  WorkerView,
} from "@runagent/protocol/deployment";
export type { EgressRecord as Egress } from "@runagent/protocol/egress";
export { type ErrorCode, type Origin, type PointedError, type Problem, RunAgentError } from "@runagent/protocol/errors";
export type { LogRecord } from "@runagent/protocol/events";
export type { AgentView, Batch, CancelledBy, Interrupt, Page, Run, RunStatus, Usage } from "@runagent/protocol/run";
export { AccessClient, type KeyOptions } from "./access-client.ts";
export {
  AgentClient,
  type BatchOptions,
  type RunOptions,
  type StreamOptions,
  type TextAnswer,
} from "./agent-client.ts";
export type { LogsOptions } from "./agent-log-lines.ts";
export { BatchHandle } from "./batch-handle.ts";
export { RunAgent, type RunAgentOptions, type ServerInfo } from "./client.ts";
export { ConnectionError } from "./connection-error.ts";
export { DeploymentsClient, type DeployOptions } from "./deployments-client.ts";
export type { EventData, StreamEvent, StreamEventType } from "./event-types.ts";
export { isRunAgentError } from "./problem.ts";
export { RawJson } from "./raw-json.ts";
export { type EventsOptions, RunHandle, type Waiting } from "./run-handle.ts";
export { RunStream } from "./run-stream.ts";
export { RunWaiting } from "./run-waiting.ts";
export { type RunFilter, RunsClient } from "./runs-client.ts";
export { type Fork, type Session, type SessionState, SessionsClient } from "./sessions-client.ts";
