/** A chat model without a network: it asks for the weather of the last word, then says what the tool answered. */
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import type { Runnable } from "@langchain/core/runnables";

const USAGE = { input_tokens: 7, output_tokens: 5, total_tokens: 12 };

export class ScriptedModel extends BaseChatModel {
  /** What it begins every answer with; without it, it calls the tool. */
  readonly #beginning: string | null;

  constructor(beginning: string | null = null) {
    super({});
    this.#beginning = beginning;
  }

  _llmType(): string {
    return "scripted";
  }

  /** It knows the only tool. */
  override bindTools(): Runnable {
    return this;
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = this.#answer(messages);
    return { generations: [{ message, text: message.text }] };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    manager?: { handleLLMNewToken(token: string, ...rest: unknown[]): Promise<void> },
  ): AsyncGenerator<ChatGenerationChunk> {
    const message = this.#answer(messages);
    const { tool_call_chunks } = message;
    yield new ChatGenerationChunk({
      text: "",
      message: new AIMessageChunk({ content: "", tool_call_chunks, usage_metadata: USAGE }),
    });
    for (const text of message.text.split(/(?<= )/).filter((word) => word !== "")) {
      const chunk = new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
      yield chunk;
      await manager?.handleLLMNewToken(text, undefined, undefined, undefined, undefined, { chunk });
    }
  }

  #answer(messages: BaseMessage[]): AIMessageChunk {
    const last = messages.at(-1);
    if (this.#beginning !== null) return said(`${this.#beginning}${last?.text}`);
    if (last?.type === "tool") return said(`The weather is: ${last.text}.`);
    const city = (last?.text ?? "")
      .replace(/[?.! ]+$/, "")
      .split(" ")
      .at(-1);
    const call = { id: `call_${messages.length}`, index: 0, name: "get_weather", args: JSON.stringify({ city }) };
    return new AIMessageChunk({ content: "", tool_call_chunks: [call], usage_metadata: USAGE });
  }
}

const said = (content: string): AIMessageChunk => new AIMessageChunk({ content, usage_metadata: USAGE });
