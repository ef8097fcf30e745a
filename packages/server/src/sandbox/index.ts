/** The isolation drivers. `process` is for `serve`; `container` and `gvisor` come beside it under the same port. */

export { type FoundSandbox, findSandboxes } from "./container/ledger.ts";
export type { Bind } from "./container/oci-config.ts";
export { runOnce } from "./container/one-shot.ts";
export { disown, isOwned, own as claim } from "./container/owner.ts";
export { findRuntime, type Runtime } from "./container/runtime.ts";
export { sweepSandboxes } from "./container/sweep.ts";
export {
  adoptContainerSandbox,
  type ContainerSandboxOptions,
  INSIDE,
  startContainerSandbox,
} from "./container-sandbox.ts";
export { lookAtGroups } from "./doctor/groups.ts";
export { isRoot, lookAtRuntime } from "./doctor/runtime.ts";
export type {
  Capabilities,
  Execution,
  Invocation,
  Resume,
  Resumed,
  RunSink,
  Sandbox,
  Worker,
  WorkerExit,
  WorkerOutcome,
} from "./ports.ts";
export { type ProcessSandboxOptions, startProcessSandbox } from "./process-sandbox.ts";
export { Rooms } from "./rooms.ts";
