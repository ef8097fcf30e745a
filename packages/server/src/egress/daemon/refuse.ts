/**
 * Ends a connection that was accepted and is not let through, in words that its client understands: a TLS alert, an HTTP
 * answer, else a reset. Which, its first bytes say; who says nothing soon is reset.
 */
import type { Socket } from "node:net";

export interface Refusal {
  /** The agent may not; or it may, and the other side cannot be reached. */
  readonly because: "forbidden" | "unreachable";
  /** One sentence for people. */
  readonly text: string;
}

const TLS_HANDSHAKE = 0x16;
/** Record `alert`, TLS 1.2, two bytes: fatal, and the description. */
const ALERT = [0x15, 0x03, 0x03, 0x00, 0x02, 0x02];
const DESCRIPTION = { forbidden: 49, unreachable: 80 } as const; // access_denied, internal_error
const STATUS = { forbidden: "403 Forbidden", unreachable: "502 Bad Gateway" } as const;
const HTTP = /^[A-Z]{3,10} \S+ HTTP\/1\.[01]\r?\n/;
const PREFACE = "PRI * HTTP/2.0";

export function refuse(socket: Socket, refusal: Refusal, waitMs: number): void {
  const timer = setTimeout(() => socket.resetAndDestroy(), waitMs);
  socket.once("close", () => clearTimeout(timer));
  socket.once("data", (first: Buffer) => {
    clearTimeout(timer);
    const answer = answerTo(first, refusal);
    if (answer === null) socket.resetAndDestroy();
    else finish(socket, answer, waitMs);
  });
  socket.resume();
}

/** What still comes is read and dropped: unread bytes would turn the answer into a reset. */
function finish(socket: Socket, answer: Buffer, waitMs: number): void {
  socket.end(answer);
  const timer = setTimeout(() => socket.destroy(), waitMs);
  socket.once("end", () => socket.destroy());
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}

function answerTo(first: Buffer, { because, text }: Refusal): Buffer | null {
  if (first[0] === TLS_HANDSHAKE && first[1] === 0x03) return Buffer.from([...ALERT, DESCRIPTION[because]]);
  const head = first.toString("latin1", 0, 4096);
  if (!HTTP.test(head) || head.startsWith(PREFACE)) return null;
  const body = `${text}\n`;
  const headers = `content-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  return Buffer.from(`HTTP/1.1 ${STATUS[because]}\r\n${headers}\r\n\r\n${body}`);
}
