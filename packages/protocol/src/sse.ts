/**
 * Server-sent events, producer and consumer in one file. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
 * The decoder takes text in any cutting; it knows no socket (invariant W1).
 */
export interface SseMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** One event as text. `data` is JSON text and so holds no line break of its own; one in it is written as a second line. */
export function encodeSse(id: number | null, event: string, data: string): string {
  const lines = data.includes("\n") || data.includes("\r") ? data.replace(/\r\n|\r|\n/g, "\ndata: ") : data;
  return id === null ? `event: ${event}\ndata: ${lines}\n\n` : `id: ${id}\nevent: ${event}\ndata: ${lines}\n\n`;
}

export const SSE_PING = ": ping\n\n";

export class SseDecoder {
  #rest = "";
  #id: string | null = null;
  #event = "";
  #data: string[] = [];
  /** What the server asked for with `retry:`, in milliseconds. */
  retryMs: number | null = null;

  push(text: string): SseMessage[] {
    const messages: SseMessage[] = [];
    const all = this.#rest + text;
    // A trailing CR may be the first half of CRLF: it waits for the next piece.
    const usable = all.endsWith("\r") ? all.length - 1 : all.length;
    const lines = all.slice(0, usable).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? "") + all.slice(usable);
    for (const line of lines) {
      const message = this.#line(line);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  #line(line: string): SseMessage | undefined {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return undefined;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id") this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    return undefined;
  }

  #dispatch(): SseMessage | undefined {
    const message = { id: this.#id, event: this.#event === "" ? "message" : this.#event, data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    this.#id = null;
    return empty ? undefined : message;
  }
}
