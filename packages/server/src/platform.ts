/**
 * `runagent server`: the second composition of the same hops. One data directory, many agents, keys; what is deployed is in
 * the engine. SIGTERM gives runs `--drain-timeout`; SIGINT ends everything.
 */

import { DEFAULT_LIMITS } from "@runagent/protocol";
import { announceReady } from "./compose/platform/announce.ts";
import { endLostRuns } from "./compose/platform/archive.ts";
import { openDataDirectory } from "./compose/platform/data-directory.ts";
import { assertSafeAddress, chooseIsolation } from "./compose/platform/isolation.ts";
import { type Listening, listenAs } from "./compose/platform/listen.ts";
import { assemble, type Parts } from "./compose/platform/parts.ts";
import type { PlatformOptions, RunningPlatform } from "./compose/platform/platform-options.ts";
import { portsOf } from "./compose/platform/ports.ts";

export { isInUse, readServerState } from "./compose/platform/data-directory.ts";
export type { PlatformOptions, RunningPlatform } from "./compose/platform/platform-options.ts";

/** Rejects with ServeRefused: exit 2 for a wrong option, 3 for a directory or a machine that cannot be used. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const began = performance.now();
  assertSafeAddress(options);
  const isolation = chooseIsolation(options);
  const data = openDataDirectory(options.data);
  try {
    const parts = await assemble(options, { data, isolation });
    return await open(options, parts, began);
  } catch (error) {
    data.close();
    throw error;
  }
}

async function open(options: PlatformOptions, parts: Parts, began: number): Promise<RunningPlatform> {
  let at: Listening | null = null;
  try {
    await endLostRuns(parts);
    await parts.deploying.open();
    at = await listenAs(options, portsOf(parts));
  } catch (error) {
    await shut(parts, null, { graceMs: 0, leave: true });
    throw error;
  }
  parts.openStreams = () => at?.gateway.openStreams ?? 0;
  parts.data.announce({ url: at.url, pid: process.pid });
  const { url } = at;
  announceReady(parts.terminal, {
    ...{ url, data: options.data, isolation: parts.isolation, notes: parts.notes },
    loginCode: parts.access.loginCode(options.newLoginCode),
    agents: parts.deploying.agents.list(null).length,
    ms: performance.now() - began,
  });
  return running(options, parts, at);
}

function running(options: PlatformOptions, parts: Parts, at: Listening): RunningPlatform {
  const stopped = Promise.withResolvers<number>();
  let closing: Promise<void> | null = null;
  const close = (reason: "SIGINT" | "SIGTERM"): Promise<void> => {
    const drains = reason === "SIGTERM";
    closing ??= shut(parts, at, { graceMs: drains ? options.drainTimeoutMs : 0, leave: drains }).then(() =>
      stopped.resolve(drains ? 143 : 130),
    );
    return closing;
  };
  const { signal } = options;
  const interrupted = (): void => void close(signalOf(signal.reason));
  signal.addEventListener("abort", interrupted, { once: true });
  if (signal.aborted) interrupted();
  return { url: at.url, closed: stopped.promise, close };
}

const signalOf = (reason: unknown): "SIGINT" | "SIGTERM" =>
  typeof reason === "object" && reason !== null && "signal" in reason && reason.signal === "SIGTERM"
    ? "SIGTERM"
    : "SIGINT";

interface Ending {
  /** What runs still have. */
  readonly graceMs: number;
  /** Sandboxes stay for the next server. */
  readonly leave: boolean;
}

async function shut(parts: Parts, at: Listening | null, { graceMs, leave }: Ending): Promise<void> {
  await at?.gateway.close(graceMs);
  await parts.scheduler.drain(graceMs);
  if (leave) await parts.deploying.close({ leave }); // what is left is no longer the scheduler's to close
  await parts.scheduler.close(DEFAULT_LIMITS.shutdown);
  await parts.deploying.close({ leave });
  await Promise.all([parts.archive.close(), parts.tracing?.close(DEFAULT_LIMITS.trace_close)]);
  await (leave ? parts.wayOut.leave() : parts.wayOut.close());
  await parts.disk.close();
  await parts.logs.close();
  await parts.store.close();
  parts.data.close();
  parts.terminal.flush();
}
