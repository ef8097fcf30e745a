/**
 * What LangGraph streams, as events of a run: message text → `text`, tool calls → `tool.*`, updates → `chunk`, custom →
 * `custom`. Tokens are told by the callback (`runnable-events.ts`).
 */
import type { Run } from "../run.ts";
import { isObject, listOf, read } from "./read.ts";
import { messageKind, sendPieces } from "./runnable-events.ts";

export class GraphEvents {
  readonly #run: Run;
  readonly #chunks: boolean;
  readonly #tools = new Set<string>();
  /** The newest state. */
  state: unknown;
  /** What the graph asks; null: it came to its end. */
  interrupts: readonly unknown[] | null = null;

  /** `chunks`: somebody reads, updates are told too. */
  constructor(run: Run, chunks: boolean) {
    this.#run = run;
    this.#chunks = chunks;
  }

  /** One item of `stream` with several modes and subgraphs. */
  take(item: unknown): void {
    const [namespace, mode, data] = listOf(item);
    const top = listOf(namespace).length === 0;
    if (mode === "values") {
      if (top && !(isObject(data) && "__interrupt__" in data)) this.state = data;
    } else if (mode === "messages") {
      const [message] = listOf(data);
      if (messageKind(message) === "ai") sendPieces(this.#run, read(message, "content"));
    } else if (mode === "custom") this.#run.event("custom", { name: "custom", data });
    else if (mode === "updates") this.#update(top, data);
  }

  #update(top: boolean, data: unknown): void {
    if (isObject(data) && "__interrupt__" in data) {
      if (top) this.interrupts = [...(this.interrupts ?? []), ...listOf(data.__interrupt__)];
      return;
    }
    for (const update of Object.values(isObject(data) ? data : {}))
      for (const message of messagesOf(update)) this.#toolParts(message);
    if (this.#chunks) this.#run.event("chunk", data);
  }

  #toolParts(message: unknown): void {
    if (messageKind(message) === "tool") {
      const id = read(message, "tool_call_id");
      const outcome = read(message, "status") === "error" ? "error" : "result";
      if (this.#first(outcome, id))
        this.#run.event("tool.result", {
          id,
          name: read(message, "name") ?? null,
          [outcome]: read(message, "content"),
        });
    }
    for (const call of listOf(read(message, "tool_calls"))) {
      const id = read(call, "id");
      if (this.#first("call", id))
        this.#run.event("tool.call", { id, name: read(call, "name"), args: read(call, "args") });
    }
  }

  /** The update of a subgraph comes again in that of its parent. */
  #first(what: string, id: unknown): boolean {
    const key = `${what} ${String(id)}`;
    if (this.#tools.has(key)) return false;
    this.#tools.add(key);
    return true;
  }
}

/** A node may give several updates. */
function messagesOf(update: unknown): readonly unknown[] {
  if (Array.isArray(update)) return update.flatMap(messagesOf);
  const found = read(update, "messages");
  return Array.isArray(found) ? found : found === undefined ? [] : [found];
}
