/** A model without a network: it asks for the weather of the last word, then says what the tool answered. */
import { simulateReadableStream } from "ai";
import { MockLanguageModelV3 } from "ai/test";

type Options = Parameters<MockLanguageModelV3["doGenerate"]>[0];
type Generated = Awaited<ReturnType<MockLanguageModelV3["doGenerate"]>>;
type Part = Awaited<ReturnType<MockLanguageModelV3["doStream"]>>["stream"] extends ReadableStream<infer P> ? P : never;

const usage: Generated["usage"] = {
  inputTokens: { total: 7, noCache: 7, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 5, text: 5, reasoning: undefined },
};

export const scriptedModel = new MockLanguageModelV3({
  doGenerate: async (options) => answer(options),
  doStream: async (options) => ({ stream: simulateReadableStream({ chunks: parts(answer(options)) }) }),
});

function answer({ prompt, tools }: Options): Generated {
  const last = prompt.at(-1);
  if (last?.role === "tool") return said(`The weather is: ${toolText(last.content[0])}.`);
  const text =
    last?.role === "user" ? last.content.map((part) => (part.type === "text" ? part.text : "")).join("") : "";
  if (tools === undefined || tools.length === 0) return said(`You said: ${text}`);
  const city = text
    .replace(/[?.! ]+$/, "")
    .split(" ")
    .at(-1);
  const call = {
    type: "tool-call",
    toolCallId: "call_1",
    toolName: "get_weather",
    input: JSON.stringify({ city }),
  } as const;
  return { content: [call], finishReason: { unified: "tool-calls", raw: undefined }, usage, warnings: [] };
}

const said = (text: string): Generated => ({
  content: [{ type: "text", text }],
  finishReason: { unified: "stop", raw: undefined },
  usage,
  warnings: [],
});

function toolText(part: unknown): string {
  const output: unknown = Reflect.get(Object(part), "output");
  return String(Reflect.get(Object(output), "value"));
}

/** The same answer as a stream: one delta a word. */
function parts({ content, finishReason }: Generated): Part[] {
  const inside = content.flatMap((one): Part[] => {
    if (one.type === "tool-call") return [one];
    if (one.type !== "text") return [];
    const deltas = one.text.split(/(?<= )/).map((delta): Part => ({ type: "text-delta", id: "t", delta }));
    return [{ type: "text-start", id: "t" }, ...deltas, { type: "text-end", id: "t" }];
  });
  return [{ type: "stream-start", warnings: [] }, ...inside, { type: "finish", finishReason, usage }];
}
