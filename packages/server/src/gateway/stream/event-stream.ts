/**
 * One reader of a run's events. It pulls: take a slice, write it, wait until the socket has room, take the next (G1). A
 * slow reader costs one slice of memory and slows nobody; a gone one leaves at once.
 */
import { isEnd, LIMITS, type RunEvent } from "@runagent/protocol";
import type { Exchange, Reply } from "../exchange.ts";
import { problemOf } from "../http/answer.ts";
import { addCommon } from "../http/common-headers.ts";
import type { EventReader, RunHandle } from "../ports.ts";
import { type EventFilter, passes } from "./filter.ts";
import type { StreamFormat } from "./format.ts";
import { LogTail } from "./log-tail.ts";

export interface StreamWish {
  readonly format: StreamFormat;
  readonly filter: EventFilter;
  /** Number of the last event that the reader has. */
  readonly after: number;
  /** Names and values in turn, beside those of every stream. */
  readonly headers: readonly string[];
}

/** Streams the events to their end. Resolves when the stream has ended or its reader is gone. Never rejects. */
export async function streamEvents(exchange: Exchange, handle: RunHandle, wish: StreamWish): Promise<void> {
  const stream = new EventStream(exchange, handle, wish);
  try {
    await stream.run();
  } catch (thrown) {
    stream.fail(thrown);
  }
}

class EventStream {
  readonly #exchange: Exchange;
  readonly #res: Reply;
  readonly #events: EventReader;
  readonly #wish: StreamWish;
  readonly #gone = new AbortController();
  readonly #logs: LogTail | null;
  #after: number;
  #isEnded = false;
  /** Ends the wait for something new. */
  #wake: (() => void) | null = null;
  #isWatching = false;

  constructor(exchange: Exchange, handle: RunHandle, wish: StreamWish) {
    this.#exchange = exchange;
    this.#res = exchange.res;
    this.#events = handle.events;
    this.#wish = wish;
    this.#after = wish.after;
    const leave = handle.attach("stream");
    exchange.onOver = () => this.#leave(leave);
    exchange.context.readers.add(this);
    this.#logs = wish.filter.logs ? new LogTail(handle.events, wish.format, () => this.#wake?.()) : null;
  }

  async run(): Promise<void> {
    let text = this.#open();
    if (this.#events.last <= 1) await this.#firstWords();
    const { pace } = this.#exchange.context.readers;
    while (!this.#exchange.over) {
      const turn = pace.enter();
      if (turn !== null) await turn;
      text += this.#take();
      if (this.#isEnded) return void this.#res.end(text);
      if (text === "") this.#res.flushHeaders();
      else if (!this.#res.write(text)) await this.#drained();
      text = "";
      if (!this.#hasMore()) await this.#changed();
    }
  }

  /** Ends the stream with the problem as its `error` event. */
  fail(thrown: unknown): void {
    if (this.#exchange.over) return;
    const body = problemOf(this.#exchange, thrown);
    this.#exchange.code = body.code;
    this.#res.end(this.#wish.format.problem(body));
  }

  /** A reader that has not taken what was written needs no sign of life. */
  ping(): void {
    const { ping } = this.#wish.format;
    if (ping !== "" && !this.#res.writableNeedDrain && !this.#res.writableEnded) this.#res.write(ping);
  }

  #open(): string {
    const { format, headers } = this.#wish;
    const all = ["Content-Type", format.type, "Cache-Control", "no-store", "X-Accel-Buffering", "no", ...headers];
    addCommon(all, this.#exchange);
    this.#res.writeHead(200, all);
    return format.head;
  }

  /** The head of a new run's stream waits a moment for what the agent says first: both leave in one packet. */
  #firstWords(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LIMITS.stream_head.value);
      void this.#events.changed(this.#events.last, this.#gone.signal).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Text of the next events, about `stream_write` of it. */
  #take(): string {
    let text = "";
    for (const event of this.#next()) {
      text += this.#text(event);
      this.#after = event.n;
      this.#isEnded = isEnd(event.type);
      if (text.length >= LIMITS.stream_write.value) return text;
    }
    // At the newest event every log so far has its place; after the end none has.
    return this.#isEnded || this.#hasMore() ? text : text + (this.#logs?.takeBefore(Number.POSITIVE_INFINITY) ?? "");
  }

  /** A reader that asked for what comes after the end gets the end: it ends every stream. */
  #next(): readonly RunEvent[] {
    const { ended, last } = this.#events;
    const after = ended ? Math.min(this.#after, last - 1) : this.#after;
    return this.#events.slice(after, LIMITS.stream_slice.value);
  }

  #text(event: RunEvent): string {
    const logs = this.#logs?.takeBefore(event.n) ?? "";
    return passes(this.#wish.filter, event.type) ? logs + this.#wish.format.event(event) : logs;
  }

  #hasMore(): boolean {
    return this.#events.last > this.#after;
  }

  /** Resolves when there is something new to write, or the reader is gone. */
  async #changed(): Promise<void> {
    if (this.#logs === null) return this.#events.changed(this.#after, this.#gone.signal);
    if (!this.#logs.isEmpty) return;
    // One watch at a time: logs may end many waits before the next event comes.
    if (!this.#isWatching) void this.#watch();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  async #watch(): Promise<void> {
    this.#isWatching = true;
    await this.#events.changed(this.#after, this.#gone.signal);
    this.#isWatching = false;
    this.#wake?.();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#res.off("drain", done).off("close", done);
        resolve();
      };
      this.#res.on("drain", done).on("close", done);
    });
  }

  #leave(detach: () => void): void {
    this.#exchange.context.readers.remove(this);
    this.#logs?.close();
    this.#gone.abort("gone"); // without a reason it makes an error with its stack
    this.#wake?.();
    detach();
  }
}
