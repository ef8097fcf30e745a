/** A model without a network: it asks for the weather of the last word, then says what the tool answered. */
import type { MastraModelConfig } from "@mastra/core/llm";

type Model = Extract<MastraModelConfig, { readonly specificationVersion: "v2"; doStream: unknown }>;
type Options = Parameters<Model["doStream"]>[0];
type Part = Awaited<ReturnType<Model["doStream"]>>["stream"] extends ReadableStream<infer P> ? P : never;

interface Generated {
  readonly content: (
    | { readonly type: "text"; readonly text: string }
    | { readonly type: "tool-call"; readonly toolCallId: string; readonly toolName: string; readonly input: string }
  )[];
  readonly finishReason: "stop" | "tool-calls";
  readonly usage: typeof usage;
  readonly warnings: [];
}

const usage = { inputTokens: 7, outputTokens: 5, totalTokens: 12 };

export const scriptedModel: MastraModelConfig = {
  specificationVersion: "v2",
  provider: "scripted",
  modelId: "scripted",
  supportedUrls: {},
  doGenerate: async (options: Options) => answer(options),
  doStream: async (options: Options) => ({ stream: streamOf(parts(answer(options))) }),
};

function answer({ prompt }: Options): Generated {
  const last = prompt.at(-1);
  if (last?.role === "tool") return said(`The weather is: ${toolText(last.content[0])}.`);
  const texts = last?.role === "user" ? last.content.map((part) => (part.type === "text" ? part.text : "")) : [];
  const city = texts
    .join("")
    .replace(/[?.! ]+$/, "")
    .split(" ")
    .at(-1);
  const call = {
    type: "tool-call",
    toolCallId: `call_${prompt.length}`,
    toolName: "get_weather",
    input: JSON.stringify({ city }),
  } as const;
  return { content: [call], finishReason: "tool-calls", usage, warnings: [] };
}

const said = (text: string): Generated => ({
  content: [{ type: "text", text }],
  finishReason: "stop",
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

const streamOf = (items: readonly Part[]): ReadableStream<Part> =>
  new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item);
      controller.close();
    },
  });
