/** What an OpenAI agent streams, or did, as events of a run: text and reasoning deltas, tool calls and results, usage. */
import type { Run } from "../run.ts";
import { listOf, read } from "./read.ts";

const REASONING = /^response\.reasoning.*\.delta$/;

/** What was told before the run came to wait. */
export interface Told {
  /** Calls and results of tools, by kind and id. */
  readonly tools: readonly string[];
  readonly responses: number;
}

export class OpenAiEvents {
  readonly #run: Run;
  readonly #names = new Map<unknown, unknown>();
  readonly #tools: Set<string>;
  readonly #responses: number;

  /** The agent that works now answers with text, not with JSON that is text on its way. */
  #speaks: boolean;

  constructor(run: Run, agent: object, { tools, responses }: Told = { tools: [], responses: 0 }) {
    this.#run = run;
    this.#speaks = answersText(agent);
    this.#tools = new Set(tools);
    this.#responses = responses;
  }

  get tools(): readonly string[] {
    return [...this.#tools];
  }

  /** One event of a stream. */
  take(event: unknown): void {
    const type = read(event, "type");
    if (type === "run_item_stream_event") this.#item(read(event, "item"));
    else if (type === "raw_model_stream_event") this.#raw(read(event, "data"));
    else if (type === "agent_updated_stream_event") this.#speaks = answersText(read(event, "agent"));
  }

  #raw(data: unknown): void {
    const type = read(data, "type");
    if (type === "output_text_delta") {
      if (this.#speaks) this.#delta("text", read(data, "delta"));
    } else if (type === "response_done") this.#usage(read(data, "response"));
    else if (type === "model") {
      const told = read(data, "event");
      if (REASONING.test(String(read(told, "type")))) this.#delta("reasoning", read(told, "delta"));
    }
  }

  /** A result that was not streamed. */
  takeWhole(result: unknown): void {
    for (const item of listOf(read(result, "newItems"))) this.#item(item);
    for (const response of listOf(read(result, "rawResponses")).slice(this.#responses)) this.#usage(response);
  }

  #delta(type: "text" | "reasoning", delta: unknown): void {
    if (typeof delta === "string" && delta !== "") this.#run.event(type, { delta });
  }

  #item(item: unknown): void {
    const raw = read(item, "rawItem");
    const id = read(raw, "callId") ?? read(raw, "id") ?? null;
    const type = String(read(item, "type"));
    if (type === "tool_call_item" && this.#first(type, id)) {
      this.#names.set(id, read(raw, "name"));
      this.#run.event("tool.call", { id, name: read(raw, "name") ?? null, args: argumentsOf(raw) });
    } else if (type === "tool_call_output_item" && this.#first(type, id)) {
      const name = read(raw, "name") ?? this.#names.get(id) ?? null;
      this.#run.event("tool.result", { id, name, result: read(item, "output") ?? null });
    } else if (type === "handoff_output_item" && this.#first(type, id)) {
      const [from, to] = ["sourceAgent", "targetAgent"].map((side) => read(read(item, side), "name"));
      this.#run.event("custom", { name: "handoff", data: { from, to } });
    }
  }

  /** A run that goes on tells the items before its wait again. */
  #first(type: string, id: unknown): boolean {
    const key = `${type} ${String(id)}`;
    if (this.#tools.has(key)) return false;
    this.#tools.add(key);
    return true;
  }

  #usage(response: unknown): void {
    const usage = read(response, "usage");
    const [input, output] = [read(usage, "inputTokens"), read(usage, "outputTokens")];
    if (typeof input !== "number" && typeof output !== "number") return;
    const model = read(read(response, "providerData"), "model");
    const named = typeof model === "string" ? { model } : {};
    this.#run.event("usage", { input_tokens: input ?? null, output_tokens: output ?? null, ...named });
  }
}

const answersText = (agent: unknown): boolean => (read(agent, "outputType") ?? "text") === "text";

/** As the model wrote them: JSON text. */
export function argumentsOf(call: unknown): unknown {
  const text = read(call, "arguments");
  if (typeof text !== "string") return text ?? {};
  try {
    return JSON.parse(text);
  } catch {
    return text; // a model may write what is no JSON
  }
}
