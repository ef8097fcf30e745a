/** The archive's one writer, on a thread of its own: no call waits for it. What is large becomes JSON here. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { ArchiveWriter, type Keeping } from "./archive-writer.ts";
import { openForWriting } from "./database.ts";
import type { ArchivedRun } from "./ports.ts";

export type Order =
  | { readonly kind: "write"; readonly n: number; readonly runs: readonly ArchivedRun[] }
  | { readonly kind: "sweep"; readonly n: number; readonly keeping: Keeping }
  | { readonly kind: "close" };

export interface Report {
  readonly n: number;
  /** Null: it was done. */
  readonly why: string | null;
}

if (parentPort !== null) work(parentPort, workerData);

function work(port: MessagePort, { file }: { readonly file: string }): void {
  const database = openForWriting(file);
  const writer = new ArchiveWriter(database);
  port.on("message", (order: Order) => {
    if (order.kind === "close") {
      database.close();
      port.close();
      return;
    }
    port.postMessage({ n: order.n, why: carryOut(writer, order) } satisfies Report);
  });
  port.postMessage({ n: 0, why: null } satisfies Report);
}

function carryOut(writer: ArchiveWriter, order: Exclude<Order, { kind: "close" }>): string | null {
  try {
    if (order.kind === "write") writer.write(order.runs);
    else while (!writer.sweep(order.keeping));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
