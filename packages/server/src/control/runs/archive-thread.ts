/** The archive's one writer, on a thread of its own: no call waits for it. What is large becomes JSON here. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { ArchiveWriter, type Keeping } from "./archive-writer.ts";
import { openForWriting } from "./database.ts";
import type { Row } from "./row.ts";

interface Write {
  readonly kind: "write";
  readonly n: number;
  readonly rows: readonly Row[];
}

export type Order =
  | Write
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
  const waiting: Order[] = [];
  port.on("message", (order: Order) => {
    // What comes in one turn is written together: each transaction waits for the disk once.
    if (waiting.push(order) === 1) setImmediate(() => carryOutAll(waiting.splice(0)));
  });
  port.postMessage({ n: 0, why: null } satisfies Report);

  function carryOutAll(orders: readonly Order[]): void {
    let writes: Write[] = [];
    const writeAll = (): void => {
      if (writes.length === 0) return;
      const rows = writes.flatMap((order) => order.rows);
      const why = failure(() => writer.write(rows));
      for (const { n } of writes) port.postMessage({ n, why } satisfies Report);
      writes = [];
    };
    for (const order of orders) {
      if (order.kind === "write") writes.push(order);
      else writeAll();
      if (order.kind === "sweep") port.postMessage({ n: order.n, why: sweep(order.keeping) } satisfies Report);
    }
    writeAll();
    if (!orders.some((order) => order.kind === "close")) return;
    database.close();
    port.close();
  }

  function sweep(keeping: Keeping): string | null {
    return failure(() => {
      while (!writer.sweep(keeping));
    });
  }
}

/** Null: it was done. */
function failure(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
