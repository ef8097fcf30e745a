/** A callback handler of LangChain that tells tokens and tools as events of a run, and the parts of its messages. */
import type { Run } from "../run.ts";
import { invoke, listOf, read } from "./read.ts";

/** `tools`: nobody else tells them. A plain object: LangChain takes handlers by their methods. */
export function runEvents(run: Run, { tools }: { readonly tools: boolean }): object {
  const usage = {
    name: "runagent",
    /** The run may not end before its events. */
    awaitHandlers: true,
    ignoreChain: true,
    handleLLMEnd: (output: unknown) => {
      for (const generations of listOf(read(output, "generations"))) {
        const [first] = listOf(generations);
        sendUsage(run, read(first, "message"));
      }
    },
  };
  return tools ? { ...usage, ...toolCallbacks(run) } : usage;
}

function toolCallbacks(run: Run): object {
  const tools = new Map<unknown, { readonly id: unknown; readonly name: string | null }>();
  const result = (runId: unknown, outcome: object): void =>
    run.event("tool.result", { id: null, name: null, ...tools.get(runId), ...outcome });
  return {
    handleToolStart: (tool: unknown, input: unknown, runId: unknown, ...rest: readonly unknown[]) => {
      const [, , , runName, callId] = rest;
      const name = runName ?? read(tool, "name");
      const told = { id: callId ?? runId, name: typeof name === "string" ? name : null };
      tools.set(runId, told);
      run.event("tool.call", { ...told, args: argumentsOf(input) });
    },
    handleToolEnd: (output: unknown, runId: unknown) => result(runId, { result: read(output, "content") ?? output }),
    handleToolError: (error: unknown, runId: unknown) =>
      result(runId, { error: String(read(error, "message") ?? error) }),
  };
}

/** LangChain hands them over as text. */
function argumentsOf(input: unknown): unknown {
  if (typeof input !== "string") return input;
  try {
    return JSON.parse(input);
  } catch {
    return input; // a tool that takes text
  }
}

function sendUsage(run: Run, message: unknown): void {
  const usage = read(message, "usage_metadata");
  if (usage === undefined || usage === null) return;
  const about = read(message, "response_metadata");
  const model = read(about, "model_name") ?? read(about, "model") ?? null;
  run.event("usage", {
    input_tokens: read(usage, "input_tokens") ?? null,
    output_tokens: read(usage, "output_tokens") ?? null,
    model,
  });
}

/** `ai`, `human`, `tool` …; empty: no message. */
export function messageKind(message: unknown): string {
  const method = ["getType", "_getType"].find((name) => typeof read(message, name) === "function");
  return method === undefined ? "" : String(invoke(message, method));
}

/** Text and reasoning of a message's content; gives the text. */
export function sendPieces(run: Run, content: unknown): string {
  if (typeof content === "string") return send(run, "text", content);
  let text = "";
  for (const part of listOf(content)) {
    const type = read(part, "type");
    if (typeof part === "string") text += send(run, "text", part);
    else if (type === "text") text += send(run, "text", read(part, "text"));
    else if (type === "reasoning" || type === "thinking")
      send(run, "reasoning", read(part, "reasoning") ?? read(part, "thinking"));
  }
  return text;
}

function send(run: Run, type: "text" | "reasoning", delta: unknown): string {
  if (typeof delta !== "string" || delta === "") return "";
  run.event(type, { delta });
  return delta;
}
