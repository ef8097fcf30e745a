/**
 * Posts spans in batches. Nobody waits for it: what comes while the queue is full, or cannot be delivered, is dropped and
 * counted. A collector that is busy is asked once more.
 */
import { setTimeout as pause } from "node:timers/promises";
import { exportBody, type Span } from "./otlp.ts";
import type { TraceSettings } from "./settings.ts";

export interface ExporterOptions {
  readonly settings: TraceSettings;
  readonly version: string;
  /** One sentence for the server's log; never a header's value. */
  readonly note: (sentence: string) => void;
  readonly dropped: (spans: number) => void;
}

const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const AGAIN_MS = 1000;

export class SpanExporter {
  readonly #options: ExporterOptions;
  #waiting: Span[] = [];
  #timer: NodeJS.Timeout | null = null;
  #posting: Promise<void> | null = null;
  #works = true;
  readonly #closing = new AbortController();

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  add(span: Span): void {
    const { queue, batch, delayMs } = this.#options.settings;
    if (this.#waiting.length >= queue) {
      this.#options.dropped(1);
      return;
    }
    this.#waiting.push(span);
    if (this.#waiting.length >= batch) this.#post();
    else this.#timer ??= setTimeout(() => this.#post(), delayMs).unref();
  }

  /** Sends what is left, as far as that goes within the time. */
  async close(ms: number): Promise<void> {
    const late = setTimeout(() => this.#closing.abort(), ms);
    while (this.#waiting.length > 0 || this.#posting !== null) {
      this.#post();
      await this.#posting;
    }
    clearTimeout(late);
  }

  #post(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#posting !== null) return;
    const spans = this.#waiting.splice(0, this.#options.settings.batch);
    this.#posting = this.#deliver(spans).finally(() => {
      this.#posting = null;
      if (this.#waiting.length >= this.#options.settings.batch) this.#post();
      else if (this.#waiting.length > 0)
        this.#timer ??= setTimeout(() => this.#post(), this.#options.settings.delayMs).unref();
    });
  }

  async #deliver(spans: readonly Span[]): Promise<void> {
    const { settings, version, dropped } = this.#options;
    const body = exportBody(spans, settings.resource, version);
    let why = await this.#send(body);
    if (why?.again === true && !this.#closing.signal.aborted) {
      await pause(AGAIN_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined); // closing: at once
      why = await this.#send(body);
    }
    if (why !== null) dropped(spans.length);
    this.#say(why);
  }

  /** Null: it has them. */
  async #send(body: string): Promise<{ readonly text: string; readonly again: boolean } | null> {
    const { url, headers, timeoutMs } = this.#options.settings;
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]);
      const answer = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body,
        redirect: "error",
        signal,
      });
      await answer.body?.cancel();
      if (answer.ok) return null;
      return { text: `it answered ${answer.status}`, again: BUSY.has(answer.status) };
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      return { text: cause instanceof Error ? cause.message : String(cause), again: false };
    }
  }

  /** Once when it stops working, and once when it works again. */
  #say(why: { readonly text: string } | null): void {
    if ((why === null) === this.#works) return;
    this.#works = why === null;
    const { host } = new URL(this.#options.settings.url);
    this.#options.note(
      why === null
        ? `Traces reach ${host} again.`
        : `Traces do not reach ${host}: ${why.text}. They are dropped until they do.`,
    );
  }
}
