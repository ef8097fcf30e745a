/**
 * A request's body, whole, at most `body` bytes. One above it is refused at once: by its `Content-Length`, or at the byte
 * that passes the limit.
 */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { type JsonText, jsonDepth, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { addCommon } from "./common-headers.ts";
import { refuse } from "./refuse.ts";

export interface JsonBody {
  /** The caller's own text: this is what is handed on. */
  readonly text: JsonText;
  /** The same, parsed, to look at. */
  readonly value: unknown;
}

/** The body as JSON, whatever its content type; an empty one is `{}`. At once, when it is there already. */
export function readJson(exchange: Exchange): Promise<JsonBody> | JsonBody {
  const { body, context } = exchange;
  const deepest = context.limits.json_depth;
  return Buffer.isBuffer(body) ? jsonOf(body, deepest) : readBody(exchange, body, (bytes) => jsonOf(bytes, deepest));
}

function jsonOf(bytes: Buffer, deepest: number): JsonBody {
  if (!isUtf8(bytes)) throw notJson("The body is not UTF-8.");
  const text = bytes.toString();
  if (text === "" || text.trim() === "") return { text: "{}", value: {} };
  const value = parsed(text);
  // Each level takes two characters.
  if (text.length > 2 * deepest && jsonDepth(text, deepest) > deepest) {
    throw notJson(`The body is nested deeper than ${deepest}.`);
  }
  return { text, value };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw notJson(`The body is not JSON: ${said}`, cause);
  }
}

/** What `read` makes of the bytes; what it throws rejects. */
function readBody<T>(exchange: Exchange, req: IncomingMessage, read: (bytes: Buffer) => T): Promise<T> {
  const limit = exchange.context.limits.body;
  if (Number(req.headers["content-length"] ?? 0) > limit) return Promise.reject(tooLarge(exchange, req));
  if (req.headers.expect !== undefined) exchange.res.writeContinue();
  return new Promise((resolve, reject) => {
    let first: Buffer | null = null;
    let more: Buffer[] | null = null;
    let size = 0;
    req.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) return reject(tooLarge(exchange, req));
      if (first === null) first = chunk;
      else if (more === null) more = [first, chunk];
      else more.push(chunk);
    });
    req.on("end", () => {
      try {
        resolve(read(more === null ? (first ?? EMPTY) : Buffer.concat(more, size)));
      } catch (thrown) {
        reject(thrown);
      }
    });
    req.on("error", (cause) => reject(left(cause)));
  });
}

const EMPTY = Buffer.alloc(0);

/** Refuses on the socket: what still comes is thrown away. */
function tooLarge(exchange: Exchange, req: IncomingMessage): RunAgentError {
  const limit = exchange.context.limits.body;
  const error = new RunAgentError("INPUT_TOO_LARGE", `The body is larger than ${limit} bytes.`, { limit_bytes: limit });
  const headers: string[] = [];
  addCommon(headers, exchange);
  req.removeAllListeners("data");
  refuse(req.socket, error.problem, headers);
  req.resume();
  return error;
}

const left = (cause: Error): RunAgentError =>
  new RunAgentError("INVALID_REQUEST", "The connection ended amid the body.", {}, { cause });
/** There is no place in such a body that a pointer could name. */
const notJson = (detail: string, cause?: unknown): RunAgentError =>
  new RunAgentError("INVALID_REQUEST", detail, { hint: "Send one JSON document in UTF-8." }, { cause });
