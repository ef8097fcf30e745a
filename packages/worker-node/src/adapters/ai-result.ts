/**
 * Results of the AI SDK, recognised by their shape (the package is never imported by us): `streamText`, `streamObject`,
 * `generateText`, `generateObject`, and the parts of UI message streams. Parts become events; the output is the result's
 * structured output, else its text.
 */

import type { Flow } from "../flow.ts";
import { type AnyIterator, iteratorOf, pull } from "../pulling.ts";
import type { Run } from "../run.ts";
import { listOf, read } from "./read.ts";

export function isAiResult(value: object): boolean {
  return isStreamResult(value) || isGenerated(value);
}

function isStreamResult(value: object): boolean {
  return "fullStream" in value && ("textStream" in value || "partialObjectStream" in value);
}

/** Plain objects of the same shape are data. */
function isGenerated(value: object): boolean {
  if (Object.getPrototypeOf(value) === Object.prototype) return false;
  return "finishReason" in value && "usage" in value && ("text" in value || "object" in value);
}

/** Sends the events of a result and gives its output. */
export async function deliverAiResult(run: Run, result: object, flow: Flow): Promise<unknown> {
  if (!isStreamResult(result)) return deliverGenerated(run, result);
  const stream = partsOf(result);
  let text = "";
  await pull(run, stream, async (part) => {
    if (isPart(part)) text += deliverPart(run, part);
    await flow.pace(run);
  });
  return (await settled(result, ["output", "experimental_output", "object"])) ?? text;
}

/** The tool calls of its steps and its usage are told after the fact. */
async function deliverGenerated(run: Run, result: object): Promise<unknown> {
  const told = listOf(read(result, "steps")).flatMap((step) => listOf(read(step, "content")).filter(isToolPart));
  for (const part of await approvedResults(result, told)) deliverPart(run, part);
  for (const part of told) deliverPart(run, part);
  sendUsage(run, read(result, "totalUsage") ?? read(result, "usage"), read(read(result, "response"), "modelId"));
  return (await settled(result, ["output", "experimental_output", "object"])) ?? read(result, "text");
}

/** Tools that a person allowed ran before the first step: only the messages have their results. */
async function approvedResults(result: object, told: readonly Part[]): Promise<readonly Part[]> {
  const known = new Set(told.map((part) => read(part, "toolCallId")));
  const parts = (await responseMessages(result)).flatMap((message) => listOf(read(message, "content")));
  return parts
    .filter(isPart)
    .filter((part) => part.type === "tool-result")
    .filter((part) => !known.has(read(part, "toolCallId")))
    .map((part) => ({ ...part, output: read(read(part, "output"), "value") }));
}

/** What the model and its tools said, as messages. v7: `responseMessages`; before: `response.messages`. */
export async function responseMessages(result: object): Promise<readonly unknown[]> {
  const current: unknown = await read(result, "responseMessages");
  return listOf(current ?? read(await read(result, "response"), "messages"));
}

interface Part {
  readonly type: string;
}

function isPart(part: unknown): part is Part {
  return typeof part === "object" && part !== null && "type" in part && typeof part.type === "string";
}

function isToolPart(part: unknown): part is Part {
  return isPart(part) && part.type.startsWith("tool-");
}

export const isUiPart = isPart;

/** One part of `fullStream`. Gives the text it added. */
function deliverPart(run: Run, part: Part): string {
  switch (part.type) {
    case "text-delta":
      return sendText(run, read(part, "text") ?? read(part, "textDelta") ?? read(part, "delta"));
    case "reasoning-delta":
    case "reasoning":
      sendReasoning(run, read(part, "text") ?? read(part, "delta") ?? read(part, "textDelta"));
      return "";
    case "tool-call":
      run.event("tool.call", { ...toolHead(part), args: read(part, "input") ?? read(part, "args") });
      return "";
    case "tool-result":
      run.event("tool.result", { ...toolHead(part), result: read(part, "output") ?? read(part, "result") ?? null });
      return "";
    case "tool-error":
      run.event("tool.result", { ...toolHead(part), error: errorText(read(part, "error")) });
      return "";
    case "finish":
      sendUsage(run, read(part, "totalUsage") ?? read(part, "usage"), undefined);
      return "";
    case "error":
      throw read(part, "error");
    default:
      if (TOLD.has(part.type)) run.event("custom", { name: `ai.${part.type}`, data: part });
      return "";
  }
}

/** Parts that say something beyond text and tools; the others are marks of begin and end. */
const TOLD = new Set(["source", "file", "object", "tool-approval-request", "tool-output-denied", "custom"]);

/** One part of a UI message stream. */
export function deliverUiPart(run: Run, part: Part): string {
  switch (part.type) {
    case "tool-input-available":
      run.event("tool.call", { ...toolHead(part), args: read(part, "input") });
      return "";
    case "tool-output-available":
      run.event("tool.result", { ...toolHead(part), result: read(part, "output") ?? null });
      return "";
    case "tool-output-error":
      run.event("tool.result", { ...toolHead(part), error: String(read(part, "errorText")) });
      return "";
    case "error":
      throw new Error(String(read(part, "errorText")));
    default:
      if (part.type.startsWith("data-")) run.event("custom", { name: part.type.slice(5), data: read(part, "data") });
      return deliverPart(run, part);
  }
}

function toolHead(part: Part): { id: unknown; name: unknown } {
  return { id: read(part, "toolCallId") ?? null, name: read(part, "toolName") ?? null };
}

function sendText(run: Run, delta: unknown): string {
  if (typeof delta !== "string" || delta === "") return "";
  run.event("text", { delta });
  return delta;
}

function sendReasoning(run: Run, delta: unknown): void {
  if (typeof delta === "string" && delta !== "") run.event("reasoning", { delta });
}

function sendUsage(run: Run, usage: unknown, model: unknown): void {
  const input = read(usage, "inputTokens") ?? read(usage, "promptTokens");
  const output = read(usage, "outputTokens") ?? read(usage, "completionTokens");
  if (typeof input !== "number" && typeof output !== "number") return;
  const named = typeof model === "string" ? { model } : {};
  run.event("usage", { input_tokens: input ?? null, output_tokens: output ?? null, ...named });
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** v7 calls it `stream`; before, `fullStream`. Each is read once: a second look would split the stream. */
function partsOf(result: object): AnyIterator {
  const current: unknown = Reflect.get(result, "stream");
  const source = isAsyncIterable(current) ? current : Reflect.get(result, "fullStream");
  const iterator = typeof source === "object" && source !== null ? iteratorOf(source) : null;
  if (iterator === null) throw new TypeError("the result's fullStream cannot be read");
  return iterator;
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** The first of these members that there is; a result without structured output may throw when asked for it. */
async function settled(result: object, names: readonly string[]): Promise<unknown> {
  for (const name of names) {
    try {
      const value: unknown = name in result ? await read(result, name) : undefined;
      if (value !== undefined) return value;
    } catch {
      return undefined; // "no output was specified", or generated: the text is the output
    }
  }
  return undefined;
}
