/**
 * Bodies that are on their way, and for how long. One has `body_time`; a file of a bundle, which may be large, may take
 * longer as long as `upload_pace` of it comes within each `body_time`. What is later is refused, also when its answer is out.
 */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { LimitValues } from "@runagent/protocol";

interface Coming {
  since: number;
  /** Bytes of its connection when this time began. */
  bytes: number;
  paced: boolean;
  /** Refuses it. */
  readonly late: (socket: Socket) => void;
}

export class BodyWatch {
  readonly #limits: Pick<LimitValues, "header_time" | "body_time" | "upload_pace">;
  readonly #coming = new Map<IncomingMessage, Coming>();
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: Pick<LimitValues, "header_time" | "body_time" | "upload_pace">) {
    this.#limits = limits;
  }

  /** Of a request whose headers are there; it is forgotten when its body is, or its connection is gone. */
  add(req: IncomingMessage, late: (socket: Socket) => void): void {
    const { "content-length": length, "transfer-encoding": coding } = req.headers;
    if (coding === undefined && (length === undefined || length === "0")) return;
    this.#coming.set(req, { since: performance.now(), bytes: req.socket.bytesRead, paced: false, late });
    req.once("close", () => this.#forget(req));
    this.#timer ??= setInterval(() => this.#look(), Math.min(LOOK_MS, this.#limits.header_time)).unref();
  }

  /** From now on its pace counts. */
  pace(req: IncomingMessage): void {
    const coming = this.#coming.get(req);
    if (coming !== undefined) coming.paced = true;
  }

  #look(): void {
    const now = performance.now();
    const { header_time, body_time, upload_pace } = this.#limits;
    for (const [req, coming] of this.#coming) {
      if (req.complete || req.socket.destroyed) this.#forget(req);
      else if (now - coming.since <= Math.max(header_time, body_time)) continue;
      else if (coming.paced && req.socket.bytesRead - coming.bytes >= upload_pace) {
        coming.since = now;
        coming.bytes = req.socket.bytesRead;
      } else {
        this.#forget(req);
        coming.late(req.socket);
      }
    }
  }

  #forget(req: IncomingMessage): void {
    this.#coming.delete(req);
    if (this.#coming.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

const LOOK_MS = 1000; // as often as node's server looks; limits are kept to this grain
