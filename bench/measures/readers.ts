/** Many readers of one run's events at once: what each costs the server, and what a call costs meanwhile. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { runCalls } from "../load/run.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";
import { runagent } from "../subjects/runagent.ts";
import { pss } from "./memory.ts";

export const READERS = "RunAgent, open SSE readers";

const HOLD_SECONDS = 120;
const AT_ONCE = 100;

export async function measureReaders(plan: Plan, samples: Samples): Promise<void> {
  await using running = await runagent("python", READERS).start();
  const p50 = async (): Promise<number> => {
    const call = { port: running.port, path: "/v1/run/bench/echo", body: '{"n":1}', connections: 4 };
    return (await runCalls({ ...call, warmMs: plan.warmMs, ms: plan.callMs })).p50;
  };
  const alone = await p50();
  const id = await startHolding(running.port);
  const before = pss(running.pid);
  const sockets = await open(running.port, `/v1/runs/${id}/events`, plan.readers);
  samples.add(READERS, "bytes", (pss(running.pid) - before) / plan.readers);
  samples.add(READERS, "slower", (await p50()) / alone);
  for (const socket of sockets) socket.destroy();
}

async function startHolding(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/run/bench/hold`, {
    method: "POST",
    body: JSON.stringify({ seconds: HOLD_SECONDS }),
    headers: { prefer: "respond-async" },
  });
  const run: { id: string } = JSON.parse(await response.text());
  return run.id;
}

/** Opens them in groups, each reader waiting for its first event. */
async function open(port: number, path: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => reader(port, path));
    sockets.push(...(await Promise.all(group)));
  }
  return sockets;
}

async function reader(port: number, path: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`);
  const [data]: Buffer[] = await once(socket, "data");
  if (!data?.includes(" 200 ")) throw new Error(`a reader was refused: ${data?.toString("latin1")}`);
  socket.resume();
  return socket;
}
