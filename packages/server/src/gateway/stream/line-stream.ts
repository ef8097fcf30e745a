/**
 * Things that are told one after the other, as SSE or NDJSON: pulled, so a slow reader holds nobody up. It ends with them,
 * with its reader, or when the server begins to stop.
 */
import { encodeSse, SSE_PING } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { addCommon } from "../http/common-headers.ts";

export class LineStream<Item> {
  readonly #exchange: Exchange;
  readonly #form: "sse" | "ndjson";
  readonly #typeOf: (item: Item) => string;
  readonly #end = new AbortController();

  constructor(exchange: Exchange, form: "sse" | "ndjson", typeOf: (item: Item) => string) {
    this.#exchange = exchange;
    this.#form = form;
    this.#typeOf = typeOf;
  }

  /** Resolves when all of it was written or nobody reads it any more. */
  async send(items: (signal: AbortSignal) => AsyncIterable<Item>, headers: readonly string[]): Promise<void> {
    const { context, res } = this.#exchange;
    this.#exchange.onOver = () => this.#end.abort();
    res.writeHead(200, this.#head(headers));
    res.flushHeaders();
    context.readers.add(this);
    try {
      for await (const item of items(this.#end.signal)) {
        if (!res.write(this.#text(item))) await this.#drained();
      }
    } catch (fault) {
      if (!this.#end.signal.aborted) throw fault;
    } finally {
      context.readers.remove(this);
      res.end();
    }
  }

  ping(): void {
    const { res, over } = this.#exchange;
    if (this.#form === "sse" && !over && !res.writableNeedDrain) res.write(SSE_PING);
  }

  leave(): void {
    this.#end.abort();
  }

  /** Or the reader has left: then the next write is the last. */
  #drained(): Promise<void> {
    const { res } = this.#exchange;
    return new Promise((resolve) => {
      const done = (): void => {
        res.off("drain", done).off("close", done);
        resolve();
      };
      res.on("drain", done).on("close", done);
    });
  }

  #head(headers: readonly string[]): string[] {
    const type = this.#form === "sse" ? "text/event-stream" : "application/x-ndjson";
    const head = ["Content-Type", type, "Cache-Control", "no-store", "X-Accel-Buffering", "no", ...headers];
    addCommon(head, this.#exchange);
    return head;
  }

  #text(item: Item): string {
    const text = JSON.stringify(item);
    return this.#form === "sse" ? encodeSse(null, this.#typeOf(item), text) : `${text}\n`;
  }
}
