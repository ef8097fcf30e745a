/**
 * Load client, a process of its own: `streams` SSE calls at once, each read to its end. Argument: the plan as JSON;
 * prints when the first chunk of a stream came (median) and how many chunks a second all of them had together.
 */
import { once } from "node:events";
import { connect } from "node:net";
import type { Target } from "../subjects/subject.ts";
import { request } from "./request.ts";

export interface StreamPlan extends Target {
  readonly streams: number;
  /** What each stream must have. */
  readonly chunks: number;
  /** Measured once for each; the first is for warming. */
  readonly times: number;
}

export interface StreamOutcome {
  readonly firstMs: number;
  readonly chunksPerSecond: number;
  readonly errors: number;
}

const LAST = Buffer.from("0\r\n\r\n");
const CHUNK = Buffer.from("event: chunk");

if (import.meta.main) {
  process.stdout.write(JSON.stringify(await load(JSON.parse(process.argv[2] ?? "{}"))));
}

async function load(plan: StreamPlan): Promise<StreamOutcome> {
  await wave(plan);
  const waves: Wave[] = [];
  for (let n = 0; n < plan.times; n += 1) waves.push(await wave(plan));
  const chunks = plan.streams * plan.chunks * plan.times;
  return {
    firstMs: median(waves.flatMap((one) => one.first)),
    chunksPerSecond: (chunks / sum(waves.map((one) => one.ms))) * 1000,
    errors: sum(waves.map((one) => one.errors)),
  };
}

interface Wave {
  readonly first: number[];
  readonly ms: number;
  readonly errors: number;
}

async function wave(plan: StreamPlan): Promise<Wave> {
  const began = performance.now();
  const bytes = request({ ...plan, accept: "text/event-stream" });
  const all = await Promise.all(Array.from({ length: plan.streams }, () => stream(plan.port, bytes)));
  const ms = performance.now() - began;
  return {
    first: all.map((one) => one.first - began),
    ms,
    errors: all.filter((one) => one.chunks !== plan.chunks).length,
  };
}

async function stream(port: number, bytes: Buffer): Promise<{ first: number; chunks: number }> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  const closed = once(socket, "close");
  const parts: Buffer[] = [];
  let first = 0;
  socket.on("data", (data: Buffer) => {
    parts.push(data);
    if (first === 0 && Buffer.concat(parts).includes(CHUNK)) first = performance.now();
    if (data.subarray(-LAST.length).equals(LAST)) socket.destroy();
  });
  socket.write(bytes);
  await closed;
  return { first, chunks: Buffer.concat(parts).toString("latin1").split("event: chunk").length - 1 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
}
