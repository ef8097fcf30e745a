/**
 * A run as bars over time: waiting for a worker, each tool from call to result, text and reasoning that came in one go,
 * updates, waiting for a person. Events that were not seen live have no time: then the axis counts events.
 */
import type { Arrival } from "../run/run-follower.ts";

export interface Span {
  readonly kind: "queue" | "text" | "reasoning" | "tool" | "update" | "items" | "person" | "attempt" | "end";
  readonly label: string;
  readonly from: number;
  to: number;
  /** It has not ended yet. */
  open: boolean;
  failed: boolean;
  /** How many events it is made of. */
  events: number;
}

export interface Timeline {
  readonly spans: readonly Span[];
  readonly unit: "ms" | "events";
  readonly end: number;
}

export function timelineOf(arrivals: readonly Arrival[]): Timeline {
  const isTimed = arrivals.every(({ event, at }) => at !== null || event.type === "log");
  const drawing = new Drawing();
  let end = 0;
  for (const { event, at } of arrivals) {
    if (event.type === "log") continue;
    const x = isTimed ? (at ?? 0) : event.n;
    end = Math.max(end, x);
    drawing.add(event, x);
  }
  return { spans: drawing.spans, unit: isTimed ? "ms" : "events", end };
}

class Drawing {
  readonly spans: Span[] = [];
  readonly #tools = new Map<string, Span>();
  #person: Span | null = null;

  add(event: Exclude<Arrival["event"], { type: "log" }>, x: number): void {
    if (this.#person !== null) this.#answered(this.#person, x);
    switch (event.type) {
      case "started":
        if (this.spans.length === 0 && x > 0) this.#push("queue", "start", { from: 0, to: x });
        break;
      case "text":
        this.#grow("text", "text", x);
        break;
      case "reasoning":
        this.#grow("reasoning", "reasoning", x);
        break;
      case "chunk":
        if (typeof event.data !== "string") this.#grow("items", "items", x);
        break;
      case "custom":
        this.#grow("update", event.data.name, x);
        break;
      case "tool.call": {
        const span = this.#push("tool", event.data.name, { from: x, to: x });
        span.open = true;
        this.#tools.set(event.data.id, span);
        break;
      }
      case "tool.result":
        this.#result(event.data, x);
        break;
      case "waiting":
        this.#person = this.#push("person", "waits for a person", { from: x, to: x });
        this.#person.open = true;
        break;
      case "restarted":
        this.#push("attempt", `attempt ${event.data.attempt}`, { from: x, to: x });
        break;
      case "result":
      case "error":
      case "cancelled":
        this.#end(event.type, x);
        break;
      case "usage":
        break;
    }
  }

  #answered(person: Span, x: number): void {
    person.to = x;
    person.open = false;
    this.#person = null;
  }

  #result(
    { id, name, error }: { readonly id: string; readonly name: string; readonly error?: unknown },
    x: number,
  ): void {
    const span = this.#tools.get(id) ?? this.#push("tool", name, { from: x, to: x });
    span.to = x;
    span.open = false;
    span.failed = error !== undefined && error !== null;
    span.events += 1;
  }

  #end(type: string, x: number): void {
    for (const span of this.spans) if (span.open) Object.assign(span, { to: x, open: false });
    this.#push("end", type, { from: x, to: x }).failed = type === "error";
  }

  /** Goes on with the newest bar if it is of the same kind. */
  #grow(kind: Span["kind"], label: string, x: number): void {
    const last = this.spans.at(-1);
    if (last === undefined || last.kind !== kind || last.label !== label) this.#push(kind, label, { from: x, to: x });
    else {
      last.to = x;
      last.events += 1;
    }
  }

  #push(kind: Span["kind"], label: string, { from, to }: { readonly from: number; readonly to: number }): Span {
    const span: Span = { kind, label, from, to, open: false, failed: false, events: 1 };
    this.spans.push(span);
    return span;
  }
}
