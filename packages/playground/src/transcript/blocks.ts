/**
 * What a person reads of a run, made of its events in turn: text that came in one go is one block, a tool's result
 * belongs to its call, items and updates in a row are one group. Fed once per event; blocks only ever grow.
 */
import type { Interrupt, Problem } from "@runagent/sdk";
import type { Arrival } from "../run/run-follower.ts";

export type Block =
  | { readonly kind: "text" | "reasoning"; readonly key: number; readonly pieces: string[]; length: number }
  | {
      readonly kind: "tool";
      readonly key: number;
      readonly name: string;
      readonly args: unknown;
      end: ToolEnd | null;
      readonly at: number | null;
    }
  | {
      readonly kind: "chunks" | "updates";
      readonly key: number;
      readonly items: { readonly name: string; readonly raw: string }[];
    }
  | { readonly kind: "waiting"; readonly key: number; readonly interrupts: readonly Interrupt[] }
  | { readonly kind: "restarted"; readonly key: number; readonly attempt: number }
  | { readonly kind: "output"; readonly key: number; readonly raw: string }
  | { readonly kind: "problem"; readonly key: number; readonly problem: Problem }
  | { readonly kind: "cancelled"; readonly key: number; readonly by: string; readonly reason: string | null };

export interface ToolEnd {
  readonly value: unknown;
  readonly failed: boolean;
  readonly at: number | null;
}

export class Blocks {
  readonly list: Block[] = [];
  readonly #calls = new Map<string, Extract<Block, { kind: "tool" }>>();
  /** Everything that is read as text: the output is not shown a second time. */
  #text = "";
  #read = 0;

  get hasText(): boolean {
    return this.#text !== "";
  }

  /** Takes what has come since the last time. */
  take(arrivals: readonly Arrival[]): void {
    for (; this.#read < arrivals.length; this.#read += 1) {
      const arrival = arrivals[this.#read];
      if (arrival !== undefined) this.#add(arrival);
    }
  }

  #add({ event, at }: Arrival): void {
    const key = this.#read;
    switch (event.type) {
      case "text":
      case "reasoning":
        this.#addText(event.type, event.data.delta);
        return;
      case "chunk":
        // A yielded string comes as text, too.
        if (typeof event.data !== "string") this.#addItem("chunks", "", event.raw);
        return;
      case "custom":
        this.#addItem("updates", event.data.name, event.raw);
        return;
      case "tool.call":
        this.#call({ kind: "tool", key, name: event.data.name, args: event.data.args, end: null, at }, event.data.id);
        return;
      case "tool.result": {
        const { id, name, result, error } = event.data;
        const end = { value: error ?? result, failed: error !== undefined && error !== null, at };
        const call = this.#calls.get(id);
        if (call === undefined) this.list.push({ kind: "tool", key, name, args: undefined, end, at: null });
        else call.end = end;
        return;
      }
      case "waiting":
        this.list.push({ kind: "waiting", key, interrupts: event.data.interrupts });
        return;
      case "restarted":
        this.list.push({ kind: "restarted", key, attempt: event.data.attempt });
        return;
      case "result":
        if (!this.#said(event.data.output)) this.list.push({ kind: "output", key, raw: event.raw });
        return;
      case "error":
        this.list.push({ kind: "problem", key, problem: event.data });
        return;
      case "cancelled":
        this.list.push({ kind: "cancelled", key, by: event.data.by, reason: event.data.reason });
        return;
      case "started":
      case "usage":
      case "log":
        return;
    }
  }

  #addText(kind: "text" | "reasoning", delta: string): void {
    if (kind === "text" && this.#text.length <= MOST_COMPARED) this.#text += delta;
    const last = this.list.at(-1);
    if (last?.kind === kind) {
      last.pieces.push(delta);
      last.length += delta.length;
    } else this.list.push({ kind, key: this.#read, pieces: [delta], length: delta.length });
  }

  #addItem(kind: "chunks" | "updates", name: string, raw: string): void {
    const last = this.list.at(-1);
    if (last?.kind === kind) last.items.push({ name, raw });
    else this.list.push({ kind, key: this.#read, items: [{ name, raw }] });
  }

  #call(block: Extract<Block, { kind: "tool" }>, id: string): void {
    this.#calls.set(id, block);
    this.list.push(block);
  }

  /** An output that says again what was streamed, or nothing. */
  #said(output: unknown): boolean {
    if (output === null || output === "") return this.list.length > 0;
    return typeof output === "string" && output.trim() === this.#text.trim();
  }
}

/** Beyond it nobody looks whether the output repeats the text. */
const MOST_COMPARED = 1_000_000;
