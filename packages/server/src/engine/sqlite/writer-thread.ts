/**
 * The one writer, on a thread of its own: what arrives while a transaction is written goes into the next one together
 * (group commit), at most `batch` operations. Nothing is answered before it is on disk.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { openForWriting } from "./database.ts";
import type { Order, Report } from "./operations.ts";
import { Writer } from "./writer.ts";

const SQLITE_FULL = 13;
const SQLITE_IOERR = 10;

if (parentPort !== null) work(parentPort, workerData);

function work(port: MessagePort, { file, batch }: { readonly file: string; readonly batch: number }): void {
  const database = openForWriting(file);
  const writer = new Writer(database);
  port.on("message", (first: Order | "close") => {
    let next: Order | "close" | undefined = first;
    while (next !== undefined) {
      const orders: Order[] = [];
      for (; next !== undefined && next !== "close" && orders.length < batch; next = received(port)) orders.push(next);
      if (orders.length > 0) port.postMessage(carryOut(writer, orders));
      if (next === "close") {
        database.close();
        port.close();
        return;
      }
    }
  });
  port.postMessage({ kind: "open" } satisfies Report);
}

function received(port: MessagePort): Order | "close" | undefined {
  return receiveMessageOnPort(port)?.message;
}

function carryOut(writer: Writer, orders: readonly Order[]): Report {
  try {
    const outcomes = writer.write(orders.map((one) => one.operation));
    return { kind: "written", outcomes: outcomes.map((outcome, i) => ({ n: orders[i]?.n ?? 0, outcome })) };
  } catch (error) {
    const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
    const full = code === SQLITE_FULL || code === SQLITE_IOERR;
    return { kind: "refused", orders: orders.map((one) => one.n), full, why: String(error) };
  }
}
