/** `POST /v1/messages`. Source: https://platform.claude.com/docs/en/api/messages */
import { type Dialect, type Piece, type StubBody, type StubTurn, tokens, words } from "./turn.ts";

export const messages: Dialect = {
  last: "",

  whole: (turn, body, n) => ({ ...head(turn, body, n), content: blocks(turn, n), stop_reason: reason(turn) }),

  pieces(turn, body, n) {
    const begun = { ...head(turn, body, n), content: [], stop_reason: null };
    const ended = { delta: { stop_reason: reason(turn), stop_sequence: null }, usage: usage(turn, body) };
    return [
      named("message_start", { message: begun }),
      ...blocks(turn, n).flatMap((block, index) => blockPieces(block, index)),
      named("message_delta", ended),
      named("message_stop", {}),
    ];
  },
};

type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object };

const named = (name: string, data: object): Piece => ({ name, data: { type: name, ...data } });

const head = (turn: StubTurn, body: StubBody, n: number): object => ({
  id: `msg_${n}`,
  type: "message",
  role: "assistant",
  model: body.model ?? "stub",
  stop_sequence: null,
  usage: usage(turn, body),
});

const reason = (turn: StubTurn): string => (turn.tools === undefined ? "end_turn" : "tool_use");

function blocks(turn: StubTurn, n: number): Block[] {
  const text: Block[] = turn.text === undefined ? [] : [{ type: "text", text: turn.text }];
  const calls = (turn.tools ?? []).map(
    ({ name, args }, index): Block => ({ type: "tool_use", id: `toolu_${n}_${index}`, name, input: args }),
  );
  return [...text, ...calls];
}

function blockPieces(block: Block, index: number): Piece[] {
  const empty = block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
  const deltas =
    block.type === "text"
      ? words(block.text).map((text) => ({ type: "text_delta", text }))
      : [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  return [
    named("content_block_start", { index, content_block: empty }),
    ...deltas.map((delta) => named("content_block_delta", { index, delta })),
    named("content_block_stop", { index }),
  ];
}

const usage = (turn: StubTurn, body: StubBody): object => ({
  input_tokens: tokens(body.messages),
  output_tokens: tokens(turn.text ?? ""),
});
