/**
 * The common input of agent objects: `{messages}`, `{input}` or `{prompt}`. UI messages (with `parts`) become model
 * messages. The caller's JSON is data only: no other member of it is looked at.
 */
import { type PointedError, RunAgentError } from "@runagent/protocol";
import { read } from "./read.ts";

export const CHAT_SCHEMA = {
  type: "object",
  properties: {
    messages: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["role"],
        properties: { role: { enum: ["system", "user", "assistant", "tool"] } },
      },
    },
    input: { type: "string" },
    prompt: { type: "string" },
  },
  anyOf: [{ required: ["messages"] }, { required: ["input"] }, { required: ["prompt"] }],
} as const;

/** What a plain function may be sent: the messages are its own business. */
export const PLAIN_CHAT_SCHEMA = {
  ...CHAT_SCHEMA,
  properties: { messages: { type: "array" }, input: { type: "string" }, prompt: { type: "string" } },
} as const;

export interface Chat {
  /** Of the caller's messages, as they were sent, without the last. */
  readonly earlier: readonly unknown[];
  /** The message that shall be answered. */
  readonly last: unknown;
}

/** What a framework with a memory of its own is told. Throws RunAgentError INVALID_INPUT. */
export function readChat(input: unknown): Chat {
  const messages = givenMessages(input);
  for (const [at, message] of messages.entries()) checkMessage(message, at);
  if (messages.length === 0) throw invalid({ pointer: "/messages", detail: "at least one message is expected" });
  return { earlier: messages.slice(0, -1), last: messages.at(-1) };
}

/** The text of a message: of its content, its parts, or their texts. */
export function messageText(message: unknown): string {
  const content = read(message, "content") ?? read(message, "parts");
  if (typeof content === "string") return content;
  return Array.isArray(content) ? textOf(content) : "";
}

/** As model messages. Throws RunAgentError INVALID_INPUT. */
export function chatMessages(input: unknown): readonly unknown[] {
  return givenMessages(input).flatMap(modelMessages);
}

/** As they were sent; `input` and `prompt` become one user message. Throws RunAgentError INVALID_INPUT. */
export function givenMessages(input: unknown): readonly unknown[] {
  const messages = read(input, "messages");
  if (Array.isArray(messages)) return messages;
  if (messages !== undefined) throw invalid({ pointer: "/messages", detail: "a list of messages is expected" });
  const text = read(input, "input") ?? read(input, "prompt");
  if (typeof text === "string") return [{ role: "user", content: text }];
  throw invalid({ pointer: "", detail: 'one of "messages", "input" (text) or "prompt" (text) is expected' });
}

function checkMessage(message: unknown, at: number): void {
  if (typeof read(message, "role") !== "string") throw invalid({ pointer: `/messages/${at}/role`, detail: "required" });
  if (Array.isArray(read(message, "parts")) || read(message, "content") !== undefined) return;
  throw invalid({ pointer: `/messages/${at}/content`, detail: "required" });
}

function modelMessages(message: unknown, at: number): readonly unknown[] {
  checkMessage(message, at);
  const role = read(message, "role");
  const parts = read(message, "parts");
  if (!Array.isArray(parts)) return [message];
  if (role !== "assistant") return [{ role, content: role === "system" ? textOf(parts) : parts.flatMap(userPart) }];
  const results = parts.flatMap(toolResult);
  const own = { role, content: parts.flatMap(assistantPart) };
  return results.length === 0 ? [own] : [own, { role: "tool", content: results }];
}

function textOf(parts: readonly unknown[]): string {
  return parts.map((part) => (typeof part === "string" ? part : String(read(part, "text") ?? ""))).join("");
}

function userPart(part: unknown): readonly unknown[] {
  const type = read(part, "type");
  if (type === "text") return [{ type, text: read(part, "text") }];
  if (type !== "file") return [];
  return [{ type, data: read(part, "url"), mediaType: read(part, "mediaType"), filename: read(part, "filename") }];
}

function assistantPart(part: unknown): readonly unknown[] {
  const type = read(part, "type");
  if (type === "text" || type === "reasoning") return [{ type, text: read(part, "text") }];
  const name = toolName(part);
  if (name === null) return userPart(part);
  return [
    { type: "tool-call", toolCallId: read(part, "toolCallId"), toolName: name, input: read(part, "input") ?? {} },
  ];
}

function toolResult(part: unknown): readonly unknown[] {
  const name = toolName(part);
  const state = read(part, "state");
  if (name === null || (state !== "output-available" && state !== "output-error")) return [];
  const output =
    state === "output-error"
      ? { type: "error-text", value: String(read(part, "errorText")) }
      : { type: "json", value: read(part, "output") ?? null };
  return [{ type: "tool-result", toolCallId: read(part, "toolCallId"), toolName: name, output }];
}

/** UI parts of tools are `tool-NAME`, or `dynamic-tool` with the name beside it. */
function toolName(part: unknown): string | null {
  const type = read(part, "type");
  if (type === "dynamic-tool") return String(read(part, "toolName"));
  return typeof type === "string" && type.startsWith("tool-") ? type.slice(5) : null;
}

function invalid(error: PointedError): RunAgentError {
  return new RunAgentError("INVALID_INPUT", error.detail, { errors: [error] });
}
