/** `POST /v1/chat/completions`. Source: https://platform.openai.com/docs/api-reference/chat */
import { type Dialect, type StubBody, type StubTurn, tokens, words } from "./turn.ts";

export const chatCompletions: Dialect = {
  last: "data: [DONE]\n\n",

  whole(turn, body, n) {
    const message = { role: "assistant", content: turn.text ?? null, ...calls(turn, n) };
    return {
      ...head(body, n, "chat.completion"),
      choices: [{ index: 0, message, logprobs: null, finish_reason: finish(turn) }],
      usage: usage(turn, body),
    };
  },

  pieces(turn, body, n) {
    const chunk = (delta: object, reason: string | null = null): object => ({
      ...head(body, n, "chat.completion.chunk"),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    });
    const { tool_calls } = calls(turn, n);
    const deltas = [
      chunk({ role: "assistant", content: "" }),
      ...words(turn.text ?? "").map((content) => chunk({ content })),
      ...(tool_calls ?? []).map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
      chunk({}, finish(turn)),
      { ...head(body, n, "chat.completion.chunk"), choices: [], usage: usage(turn, body) },
    ];
    return deltas.map((data) => ({ data }));
  },
};

const head = (body: StubBody, n: number, object: string): object => ({
  id: `chatcmpl-${n}`,
  object,
  created: 0,
  model: body.model ?? "stub",
});

const finish = (turn: StubTurn): string => (turn.tools === undefined ? "stop" : "tool_calls");

function calls(turn: StubTurn, n: number): { tool_calls?: object[] } {
  if (turn.tools === undefined) return {};
  return {
    tool_calls: turn.tools.map(({ name, args }, index) => ({
      id: `call_${n}_${index}`,
      type: "function",
      function: { name, arguments: JSON.stringify(args) },
    })),
  };
}

function usage(turn: StubTurn, body: StubBody): object {
  const prompt = tokens(body.messages);
  const completion = tokens(turn.text ?? "");
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
