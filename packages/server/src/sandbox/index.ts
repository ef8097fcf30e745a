/** The isolation drivers. `process` is for `serve`; `container` and `gvisor` come beside it under the same port. */

export { type ContainerSandboxOptions, INSIDE, startContainerSandbox } from "./container-sandbox.ts";
export type {
  Execution,
  Invocation,
  RunSink,
  Sandbox,
  Worker,
  WorkerExit,
  WorkerOutcome,
} from "./ports.ts";
export { type ProcessSandboxOptions, startProcessSandbox } from "./process-sandbox.ts";
