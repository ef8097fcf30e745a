/**
 * Starting a process that imports the agent: until it has described it, or has failed. Every way to fail ends as
 * LOAD_FAILED with what the agent's author needs, and leaves no process behind.
 */
import { randomBytes } from "node:crypto";
import {
  type AgentSpec,
  type Description,
  type Frame,
  FrameError,
  RunAgentError,
  type WorkerError,
} from "@runagent/protocol";
import { readDescription, readError, readHost, readLog } from "./channel/bodies.ts";
import { Link } from "./channel/link.ts";
import type { Launched, Process, ProcessExit } from "./driver.ts";
import { within } from "./within.ts";
import type { Surroundings } from "./worker.ts";

export interface LoadOrder {
  readonly role: "template" | "process";
  readonly name: string;
  readonly agent: AgentSpec;
  readonly expect: (link: Link) => void;
  /** Aborted when the sandbox closes. */
  readonly signal: AbortSignal;
}

export interface Loaded {
  readonly link: Link;
  readonly process: Process;
  readonly description: Description;
}

export const newToken = (): string => randomBytes(16).toString("hex");

/** Rejects with a RunAgentError LOAD_FAILED. */
export async function load(order: LoadOrder, around: Surroundings): Promise<Loaded> {
  const link = new Link({ name: order.name, token: newToken(), agent: order.agent });
  order.expect(link);
  const launched = around.driver.launch({ role: order.role, worker: link.name, token: link.token });
  try {
    return await described(link, launched, { order, around });
  } catch (error) {
    around.forget(link);
    const pid = await launched.pid;
    if (pid !== null) await around.driver.kill(pid, link.name);
    throw error;
  }
}

async function described(
  link: Link,
  launched: Launched,
  { order, around }: { readonly order: LoadOrder; readonly around: Surroundings },
): Promise<Loaded> {
  const { promise, resolve, reject } = Promise.withResolvers<Description>();
  link.listen({
    frame: (frame) => take(frame, { around, resolve, reject }),
    down: () => undefined, // the end of the process says more
    resume: () => [],
  });
  void launched.exited.then(async (exit) => {
    await within(
      promise.catch(() => undefined),
      around.limits.exit_news,
    ); // its last words may still be on the way
    reject(endedEarly(exit, launched.lastOutput()));
  });
  const stop = (): void =>
    reject(new RunAgentError("NO_CAPACITY", "The sandbox was closed while the agent was loaded."));
  if (order.signal.aborted) stop();
  order.signal.addEventListener("abort", stop, { once: true });
  try {
    // Its parent are we: `untold` never comes.
    const description = await within(promise, around.limits.load_time);
    if (description === null) throw tooLong(around.limits.load_time);
    const { pid: said } = await link.greeted; // before it could describe anything
    const pid = around.driver.hostPid(said);
    if (pid === null) throw new RunAgentError("LOAD_FAILED", `The worker says that it is ${said}, and it is not.`);
    return { link, description, process: { pid, exited: launched.exited, untold: new Promise(() => undefined) } };
  } finally {
    order.signal.removeEventListener("abort", stop);
  }
}

function take(
  frame: Frame,
  to: {
    readonly around: Surroundings;
    readonly resolve: (description: Description) => void;
    readonly reject: (error: Error) => void;
  },
): void {
  if (frame.kind === "describe") to.resolve(readDescription(frame.body));
  else if (frame.kind === "error") to.reject(loadFailed(readError(frame.body)));
  else if (frame.kind === "log") to.around.onLog(readLog(frame.body));
  else if (frame.kind === "host") {
    const { host, port } = readHost(frame.body);
    to.around.onHost(host, port);
  } else if (frame.kind !== "ping") throw new FrameError(`${frame.kind} came before the description`);
}

export function loadFailed({ code, detail, type: _, ...details }: WorkerError): RunAgentError {
  return new RunAgentError(code === "NO_CAPACITY" ? code : "LOAD_FAILED", detail, details);
}

function endedEarly({ code, signal, error }: ProcessExit, output: string): RunAgentError {
  if (error !== null) {
    const detail = `The agent's process cannot be started: ${error.message}`;
    return new RunAgentError(
      "LOAD_FAILED",
      detail,
      { hint: "Look whether the folder and the interpreter are there; `--python` or `runtime` names another one." },
      { cause: error },
    );
  }
  const how = signal === null ? `exit code ${code ?? "unknown"}` : `signal ${signal}`;
  const details = output === "" ? {} : { traceback: output };
  return new RunAgentError("LOAD_FAILED", `The process ended with ${how} while the agent was loaded.`, details);
}

function tooLong(ms: number): RunAgentError {
  return new RunAgentError("LOAD_FAILED", `The agent was not loaded within ${ms / 1000} s.`, {
    hint: "Move slow work from import time into the function or the lifespan.",
  });
}
