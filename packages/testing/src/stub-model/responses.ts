/** `POST /v1/responses`. Source: https://platform.openai.com/docs/api-reference/responses */
import { type Dialect, type StubBody, type StubTurn, tokens, words } from "./turn.ts";

interface Item {
  readonly id: string;
  readonly type: string;
  readonly [other: string]: unknown;
}

export const responses: Dialect = {
  last: "",

  whole: (turn, body, n) => response({ turn, body, n }, "completed"),

  pieces(turn, body, n) {
    const asked = { turn, body, n };
    const begun = response(asked, "in_progress");
    const pieces = [
      named("response.created", { response: begun }),
      named("response.in_progress", { response: begun }),
      ...items(turn, n).flatMap((item, index) => itemPieces(item, index, turn)),
      named("response.completed", { response: response(asked, "completed") }),
    ];
    return pieces.map(({ name, data }, sequence) => ({
      name,
      data: { type: name, sequence_number: sequence, ...data },
    }));
  },
};

const named = (name: string, data: object): { name: string; data: object } => ({ name, data });

function response(asked: { turn: StubTurn; body: StubBody; n: number }, status: string): object {
  const { turn, body, n } = asked;
  const done = status === "completed";
  const input = tokens(body.input);
  const output = tokens(turn.text ?? "");
  return {
    id: `resp_${n}`,
    object: "response",
    created_at: 0,
    status,
    model: body.model ?? "stub",
    output: done ? items(turn, n) : [],
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage: done ? usage(input, output) : null,
  };
}

const usage = (input: number, output: number): object => ({
  input_tokens: input,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: input + output,
});

function items(turn: StubTurn, n: number): Item[] {
  const message = { id: `msg_${n}`, type: "message", role: "assistant", status: "completed", content: [text(turn)] };
  const calls = (turn.tools ?? []).map(({ name, args }, index) => ({
    id: `fc_${n}_${index}`,
    type: "function_call",
    call_id: `call_${n}_${index}`,
    status: "completed",
    name,
    arguments: JSON.stringify(args),
  }));
  return turn.text === undefined ? calls : [message, ...calls];
}

const text = (turn: StubTurn): object => ({
  type: "output_text",
  text: turn.text ?? "",
  annotations: [],
  logprobs: [],
});

function itemPieces(item: Item, index: number, turn: StubTurn): { name: string; data: object }[] {
  const at = { item_id: item.id, output_index: index };
  const empty = item.type === "message" ? { content: [] } : { arguments: "" };
  const opened = { item: { ...item, ...empty, status: "in_progress" }, output_index: index };
  const inside = item.type === "message" ? textPieces(at, turn) : argumentPieces(at, item);
  return [
    named("response.output_item.added", opened),
    ...inside,
    named("response.output_item.done", { item, output_index: index }),
  ];
}

function textPieces(at: object, turn: StubTurn): { name: string; data: object }[] {
  const place = { ...at, content_index: 0 };
  const empty = { type: "output_text", text: "", annotations: [], logprobs: [] };
  return [
    named("response.content_part.added", { ...place, part: empty }),
    ...words(turn.text ?? "").map((delta) => named("response.output_text.delta", { ...place, delta, logprobs: [] })),
    named("response.output_text.done", { ...place, text: turn.text ?? "", logprobs: [] }),
    named("response.content_part.done", { ...place, part: text(turn) }),
  ];
}

const argumentPieces = (at: object, item: Item): { name: string; data: object }[] => [
  named("response.function_call_arguments.delta", { ...at, delta: item.arguments }),
  named("response.function_call_arguments.done", { ...at, arguments: item.arguments, name: item.name }),
];
