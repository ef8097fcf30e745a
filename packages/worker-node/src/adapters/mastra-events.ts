/** What a Mastra agent streams, or did, as events of a run; its output, and the tool that it waits for. */
import type { Run } from "../run.ts";
import { listOf, read } from "./read.ts";

export interface Suspended {
  readonly toolCallId: string;
  readonly tool: unknown;
  readonly args: unknown;
  /** What the tool suspended with; `undefined`: it was not called yet, it needs approval. */
  readonly payload: unknown;
  readonly schema: unknown;
}

export class MastraEvents {
  readonly #run: Run;
  #text = "";
  #object: unknown;
  suspended: Suspended | null = null;

  readonly #told: Set<string>;

  /** `told`: tools that were told before the run came to wait. */
  constructor(run: Run, told: readonly string[]) {
    this.#run = run;
    this.#told = new Set(told);
  }

  get told(): readonly string[] {
    return [...this.#told];
  }

  /** Structured output, else the text. */
  get output(): unknown {
    return this.#object ?? this.#text;
  }

  /** One part of the full stream. */
  take(part: unknown): void {
    const type = String(read(part, "type"));
    const payload = read(part, "payload");
    switch (type) {
      case "text-delta":
        this.#text += this.#delta("text", read(payload, "text"));
        break;
      case "reasoning-delta":
        this.#delta("reasoning", read(payload, "text"));
        break;
      case "tool-call":
      case "tool-result":
      case "tool-error":
        this.#tool(type, payload);
        break;
      case "tool-call-approval":
      case "tool-call-suspended":
        this.suspended = suspendedOf(payload);
        break;
      case "object-result":
        this.#object = read(part, "object") ?? read(payload, "object");
        break;
      case "step-finish":
        this.#usage(read(read(payload, "output"), "usage"), read(read(payload, "metadata"), "modelId"));
        break;
      case "tripwire":
        throw new Error(`the agent's guard stopped the run: ${String(read(payload, "reason"))}`);
      case "error":
        throw read(payload, "error") ?? read(part, "error");
      default:
        if (TOLD.test(type)) this.#run.event("custom", { name: type, data: payload });
    }
  }

  /** A result that was not streamed. */
  takeWhole(result: unknown): void {
    for (const call of listOf(read(result, "toolCalls"))) this.take(call);
    for (const done of listOf(read(result, "toolResults"))) this.take(done);
    this.#usage(read(result, "totalUsage") ?? read(result, "usage"), read(read(result, "response"), "modelId"));
    if (read(result, "finishReason") === "suspended") this.suspended = suspendedOf(read(result, "suspendPayload"));
    if (read(result, "tripwire")) this.take({ type: "tripwire", payload: read(result, "tripwire") });
    this.#object = read(result, "object");
    this.#text = String(read(result, "text") ?? "");
  }

  #tool(type: string, payload: unknown): void {
    const head = { id: read(payload, "toolCallId"), name: read(payload, "toolName") };
    const key = `${type} ${String(head.id)}`;
    if (this.#told.has(key)) return; // a run that goes on tells what came before its wait again
    this.#told.add(key);
    const error = read(payload, "error");
    if (type === "tool-call") this.#run.event("tool.call", { ...head, args: read(payload, "args") ?? {} });
    else if (type === "tool-result")
      this.#run.event("tool.result", { ...head, result: read(payload, "result") ?? null });
    else this.#run.event("tool.result", { ...head, error: String(read(error, "message") ?? error) });
  }

  #usage(usage: unknown, model: unknown): void {
    const [input, output] = [read(usage, "inputTokens"), read(usage, "outputTokens")];
    if (typeof input !== "number" && typeof output !== "number") return;
    const named = typeof model === "string" ? { model } : {};
    this.#run.event("usage", { input_tokens: input ?? null, output_tokens: output ?? null, ...named });
  }

  #delta(type: "text" | "reasoning", delta: unknown): string {
    if (typeof delta !== "string" || delta === "") return "";
    this.#run.event(type, { delta });
    return delta;
  }
}

/** Parts that say something beyond text and tools. */
const TOLD = /^(source|file|data-.*|tool-output|object)$/;

function suspendedOf(payload: unknown): Suspended {
  const schema = read(payload, "resumeSchema");
  return {
    toolCallId: String(read(payload, "toolCallId")),
    tool: read(payload, "toolName") ?? null,
    args: read(payload, "args") ?? null,
    payload: read(payload, "suspendPayload"),
    schema: typeof schema === "string" ? JSON.parse(schema) : (schema ?? null),
  };
}
