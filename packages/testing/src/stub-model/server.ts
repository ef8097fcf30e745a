/**
 * A model server for tests: OpenAI's chat completions and responses and Anthropic's messages, whole or streamed, with
 * scripted answers, tool calls, delays and failures. Without a script it obeys the last user message (`obey.ts`).
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json as readJson } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { chatCompletions } from "./chat-completions.ts";
import { messages } from "./messages.ts";
import { obey } from "./obey.ts";
import { responses } from "./responses.ts";
import type { Dialect, StubBody, StubRequest, StubTurn } from "./turn.ts";

export type { StubRequest, StubTurn } from "./turn.ts";

export interface StubModel extends AsyncDisposable {
  /** For `OPENAI_BASE_URL`: ends in `/v1`. */
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly requests: readonly StubRequest[];
  /** Adds answers; each request takes the next one. */
  script(...turns: readonly StubTurn[]): void;
  close(): Promise<void>;
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  "/v1/chat/completions": chatCompletions,
  "/v1/messages": messages,
  "/v1/responses": responses,
};

export async function startStubModel(...turns: readonly StubTurn[]): Promise<StubModel> {
  const waiting = [...turns];
  const requests: StubRequest[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { waiting, requests }).catch((error: unknown) => response.destroy(asError(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    requests,
    script: (...more) => void waiting.push(...more),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface State {
  readonly waiting: StubTurn[];
  readonly requests: StubRequest[];
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const path = new URL(request.url ?? "/", "http://stub").pathname;
  const dialect = DIALECTS[path];
  if (dialect === undefined || request.method !== "POST") return fail(response, 404, `no such path: ${path}`);
  const body = asBody(await readJson(request));
  const n = state.requests.push({ path, headers: request.headers, body });
  const turn = state.waiting.shift() ?? obey(body);
  if (turn.delayMs !== undefined) await delay(turn.delayMs);
  if (turn.failure === 429 || turn.failure === 500) return fail(response, turn.failure, "as the script says");
  if (turn.failure === "hang") return;
  if (turn.failure === "nonsense") return void response.end("<p>This is no answer of a model.</p>");
  if (body.stream === true) return stream(response, turn, dialect.pieces(turn, body, n), dialect.last);
  if (turn.failure === "cut") return void response.destroy();
  if (turn.pieceDelayMs !== undefined) await delay(turn.pieceDelayMs);
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(dialect.whole(turn, body, n)));
}

async function stream(
  response: ServerResponse,
  turn: StubTurn,
  pieces: ReturnType<Dialect["pieces"]>,
  last: string,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const middle = Math.floor(pieces.length / 2);
  for (const [index, { name, data }] of pieces.entries()) {
    response.write(`${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`);
    // What was written must be on its way before the connection breaks.
    if (turn.failure === "cut" && index >= middle) return void setImmediate(() => response.destroy());
    if (turn.pieceDelayMs !== undefined) await delay(turn.pieceDelayMs);
  }
  response.end(last);
}

function fail(response: ServerResponse, status: number, message: string): void {
  const type = status === 429 ? "rate_limit_exceeded" : "server_error";
  const headers = { "content-type": "application/json", ...(status === 429 ? { "retry-after": "0" } : {}) };
  response.writeHead(status, headers).end(JSON.stringify({ error: { message, type, param: null, code: type } }));
}

/** Members that are there have the types of the protocol: the stub answers what real clients send. */
const asBody = (value: unknown): StubBody => ({ ...Object(value) });

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
