/**
 * Reads the head of a plain call. A codec (W1), and a strict one: what is not exactly the usual `POST /v1/run/…` with a
 * `Content-Length` is not looked at twice but left to node's parser, with its bytes. So no reading of a request is ours
 * alone: two readers can disagree only about what this one refuses to read.
 */
import type { IncomingHttpHeaders } from "node:http";

export interface Head {
  readonly url: string;
  /** Each name once, in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly bodyBytes: number;
}

const BEGIN = "POST /v1/run/";

/** Whether the bytes can still become a plain call. */
export function mayBePlain(bytes: Buffer): boolean {
  const size = Math.min(bytes.length, BEGIN.length);
  return bytes.toString("latin1", 0, size) === BEGIN.slice(0, size);
}

/** Where the head ends, its last line included; -1: it is not all there. */
export function headEnd(bytes: Buffer): number {
  const at = bytes.indexOf("\r\n\r\n");
  return at < 0 ? -1 : at + 4;
}

/** The head, text of `headEnd` bytes in latin1; null: not a plain call. */
export function readHead(text: string): Head | null {
  const lines = text.slice(0, -4).split("\r\n");
  const url = REQUEST_LINE.exec(lines[0] ?? "")?.[1];
  if (url === undefined) return null;
  const headers: Record<string, string> = Object.create(null);
  for (let i = 1; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    // A name that stands twice, or that is in the way of each other reader.
    if (colon < 1 || !NAME.test(name) || !VALUE.test(value) || headers[name] !== undefined) return null;
    headers[name] = ownText(value);
  }
  return isPlain(headers) ? { url, headers, bodyBytes: Number(headers["content-length"]) } : null;
}

/** A piece of a text keeps the whole text alive, and sessions, users and traces stay with the records of their runs. */
function ownText(piece: string): string {
  return Buffer.from(piece, "latin1").toString("latin1");
}

const REQUEST_LINE = /^POST (\/v1\/run\/[\x21-\x7e]+) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const LENGTH = /^\d{1,12}$/;

/** Nothing that changes how the message is framed, or what becomes of its connection. */
function isPlain(headers: Readonly<Record<string, string>>): boolean {
  for (const name of UNUSUAL) if (headers[name] !== undefined) return false;
  const { connection } = headers;
  if (connection !== undefined && connection.toLowerCase() !== "keep-alive") return false;
  return LENGTH.test(headers["content-length"] ?? "");
}

const UNUSUAL = ["transfer-encoding", "expect", "upgrade", "te", "trailer"];
