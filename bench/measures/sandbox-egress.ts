/**
 * What the way out of a sandbox adds: one client, once beside the server, once in a sandbox's network, in turn. A new
 * connection with one byte each way, a request on a kept one, and many megabytes.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEFAULT_LIMITS } from "../../packages/protocol/src/limits.ts";
import { openEgress, readMappedHost } from "../../packages/server/src/egress/index.ts";
import type { Samples } from "../samples.ts";

const exec = promisify(execFile);

export const EGRESS = "a sandbox's way out";
const NAME = "bench.example";
/** What the first name of a list has for an address in there. */
const INSIDE = "198.18.1.0";
const PORT = 80;

export interface EgressPlan {
  readonly rounds: number;
  readonly connections: number;
  readonly requests: number;
  readonly megabytes: number;
}

const CLIENT = `
import json, socket, statistics, sys, time
host, port, connections, requests, megabytes = sys.argv[1], *map(int, sys.argv[2:])
def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began
def ask(s):
    s.sendall(b"1")
    s.recv(1)
def connect():
    with socket.create_connection((host, port)) as s: ask(s)
def fetch():
    with socket.create_connection((host, port)) as s:
        s.sendall(b"M" + megabytes.to_bytes(4, "big"))
        buffer, left = bytearray(1 << 20), megabytes << 20
        while left: left -= s.recv_into(buffer)
connect()
connecting = statistics.median(timed(connect) for _ in range(connections))
with socket.create_connection((host, port)) as kept:
    kept.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asking = statistics.median(timed(lambda: ask(kept)) for _ in range(requests))
print(json.dumps({"connect": connecting, "request": asking, "rate": (megabytes << 20) / timed(fetch)}))
`;

interface Measured {
  /** Seconds. */
  readonly connect: number;
  readonly request: number;
  /** Bytes a second. */
  readonly rate: number;
}

export async function measureEgress(plan: EgressPlan, samples: Samples): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "runagent-bench-"));
  const server = createServer((socket) => serve(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // of a TCP server
  const egress = await openEgress({
    ...{ folder, mapped: [readMappedHost(`${NAME}=127.0.0.1:${port}`)], privateRanges: [], limits: DEFAULT_LIMITS },
    ...{ claim: () => undefined, isOwned: () => false, onReport: () => undefined, outlives: 0, inherited: [] },
    note: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  try {
    const { network } = await egress.open({ agent: "bench", version: "v1", rules: [NAME] });
    for (let round = 0; round < plan.rounds; round += 1) {
      const direct = await client([], ["127.0.0.1", port], plan);
      const through = await client(["nsenter", `--net=${network}`], [INSIDE, PORT], plan);
      samples.add(EGRESS, "connect", (through.connect - direct.connect) * 1000);
      samples.add(EGRESS, "request", (through.request - direct.request) * 1000);
      samples.add(EGRESS, "rate", through.rate / 1e9);
      samples.add(EGRESS, "direct rate", direct.rate / 1e9);
    }
  } finally {
    await egress.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

export function egressTable(samples: Samples): string {
  const [connect, request, rate] = ["connect", "request", "rate"].map((what) => samples.median(EGRESS, what));
  const row = (what: string, said: string, target: string, held: boolean): string =>
    `| ${what} | ${said} | ${target} | ${held ? "yes" : "**no**"} |`;
  return [
    "| a sandbox's way out | measured | should be | held |",
    "|---|---|---|---|",
    row("added to a new connection", `${connect?.toFixed(2)} ms`, "≤ 0.5 ms", (connect ?? 1) <= 0.5),
    row("added to a request on a kept one", `${request?.toFixed(2)} ms`, "≤ 0.2 ms", (request ?? 1) <= 0.2),
    row("throughput", `${rate?.toFixed(2)} GB/s`, "≥ 0.5 GB/s", (rate ?? 0) >= 0.5),
  ].join("\n");
}

async function client(
  prefix: readonly string[],
  [host, port]: readonly [string, number],
  { connections, requests, megabytes }: EgressPlan,
): Promise<Measured> {
  const words = [...prefix, "python3", "-c", CLIENT, host, ...[port, connections, requests, megabytes].map(String)];
  const [program = "", ...rest] = words;
  return JSON.parse((await exec(program, rest)).stdout);
}

/** A byte for a byte; or so many megabytes. */
function serve(socket: Socket): void {
  const block = Buffer.alloc(1 << 20);
  socket.setNoDelay(true);
  socket.on("error", () => undefined); // the client is done
  socket.on("data", (bytes) => {
    if (bytes[0] !== 77) return void socket.write(bytes);
    let left = bytes.readUInt32BE(1);
    const more = (): void => {
      while (left > 0) {
        left -= 1;
        if (!socket.write(block)) return void socket.once("drain", more);
      }
    };
    return more();
  });
}
