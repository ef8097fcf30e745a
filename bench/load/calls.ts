/**
 * Load client, a process of its own: `connections` kept-alive sockets, each with one call at a time, for `ms` after
 * `warmMs`. Argument: the plan as JSON; prints the outcome as JSON. An answer other than 200 is counted as an error.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Target } from "../subjects/subject.ts";
import { request, wholeAnswer } from "./request.ts";

export interface CallPlan extends Target {
  readonly connections: number;
  readonly warmMs: number;
  readonly ms: number;
}

export interface CallOutcome {
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly errors: number;
}

if (import.meta.main) {
  process.stdout.write(JSON.stringify(await load(JSON.parse(process.argv[2] ?? "{}"))));
}

async function load(plan: CallPlan): Promise<CallOutcome> {
  const bytes = request(plan);
  const begin = performance.now() + plan.warmMs;
  const end = begin + plan.ms;
  const times: number[] = [];
  let errors = 0;
  const note = (sent: number, status: number): void => {
    if (sent < begin) return;
    times.push(performance.now() - sent);
    if (status !== 200) errors += 1;
  };
  const clients = Array.from({ length: plan.connections }, () => client(plan.port, { bytes, end, note }));
  await Promise.all(clients);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: (times.length / plan.ms) * 1000, p50: at(0.5), p95: at(0.95), p99: at(0.99), errors };
}

interface Loop {
  readonly bytes: Buffer;
  readonly end: number;
  readonly note: (sent: number, status: number) => void;
}

async function client(port: number, loop: Loop): Promise<void> {
  const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  const closed = once(socket, "close");
  let sent = performance.now();
  let held: Buffer = Buffer.alloc(0);
  socket.on("data", (data: Buffer) => {
    held = held.length === 0 ? data : Buffer.concat([held, data]);
    const answer = wholeAnswer(held);
    if (answer === null) return;
    held = held.subarray(answer.bytes);
    loop.note(sent, answer.status);
    sent = performance.now();
    if (sent < loop.end) socket.write(loop.bytes);
    else socket.destroy();
  });
  socket.write(loop.bytes);
  await closed;
}
