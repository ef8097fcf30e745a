/** What the load clients share: a request as bytes, and where an answer ends. No more HTTP than the subjects speak. */
import type { Target } from "../subjects/subject.ts";

export const request = ({ port, path, body, accept, authorization }: Target): Buffer =>
  Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
      `${accept === undefined ? "" : `Accept: ${accept}\r\n`}` +
      `${authorization === undefined ? "" : `Authorization: ${authorization}\r\n`}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );

export interface Answer {
  readonly status: number;
  readonly bytes: number;
}

const STATUS_AT = 9;

/** The answer at the front of `data`, once it is whole: by its length, or by its last chunk. */
export function wholeAnswer(data: Buffer): Answer | null {
  const head = data.indexOf("\r\n\r\n");
  if (head < 0) return null;
  const text = data.toString("latin1", 0, head);
  const status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
  if (length === undefined) {
    const last = data.indexOf("\r\n0\r\n\r\n", head);
    return last < 0 ? null : { status, bytes: last + "\r\n0\r\n\r\n".length };
  }
  const bytes = head + "\r\n\r\n".length + Number(length);
  return data.length < bytes ? null : { status, bytes };
}
