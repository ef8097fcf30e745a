/** A model without a network: it asks for the weather of the last word, then says what the tool answered. */
import { type AgentOutputItem, type Model, type ModelRequest, type StreamEvent, Usage } from "@openai/agents";

const USAGE = { inputTokens: 7, outputTokens: 5, totalTokens: 12 };

export const scriptedModel: Model = {
  getResponse: async (request) => ({ usage: new Usage(USAGE), output: [itemOf(answer(request))] }),
  async *getStreamedResponse(request): AsyncIterable<StreamEvent> {
    const said = answer(request);
    yield { type: "response_started" };
    if ("text" in said) for (const delta of said.text.split(/(?<= )/)) yield { type: "output_text_delta", delta };
    yield { type: "response_done", response: { id: "scripted", output: [itemOf(said)], usage: USAGE } };
  },
};

type Answer = { readonly text: string } | { readonly city: string; readonly callId: string };

function answer({ input }: ModelRequest): Answer {
  const items = typeof input === "string" ? [{ role: "user" as const, content: input }] : input;
  const last = items.at(-1);
  if (last !== undefined && "output" in last) return { text: `The weather is: ${textOf(last.output)}.` };
  const asked = last !== undefined && "content" in last ? textOf(last.content) : "";
  const city =
    asked
      .replace(/[?.! ]+$/, "")
      .split(" ")
      .at(-1) ?? "";
  return { city, callId: `call_${items.length}` };
}

type Item = Extract<AgentOutputItem, { role: "assistant" } | { type: "function_call" }>;

function itemOf(said: Answer): Item {
  if ("city" in said) {
    const { city, callId } = said;
    return { type: "function_call", callId, name: "get_weather", arguments: JSON.stringify({ city }) };
  }
  return {
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: said.text }],
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  return parts.map((part) => String(Reflect.get(Object(part), "text") ?? "")).join("");
}
