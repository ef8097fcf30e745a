/**
 * Refusals before or amid a request, on the bare socket. Closing a socket that has unread bytes resets the connection, and
 * the client would lose our answer: so we send it, end our half, read on and throw away for a moment, then close.
 */
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { LIMITS, type Problem } from "@runagent/protocol";

/** Sends the problem and closes; safe to call again for the same socket. */
export function refuse(socket: Duplex, body: Problem, headers: readonly string[] = []): void {
  if (refusals.has(socket) || !socket.writable) return;
  refusals.set(socket, body);
  const text = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
    `Date: ${new Date().toUTCString()}`,
  ];
  for (let i = 0; i + 1 < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}`);
  linger(socket);
}

/** What the socket was refused with: nothing more is answered on it. */
export function refusalOf(socket: Duplex): Problem | undefined {
  return refusals.get(socket);
}

const refusals = new WeakMap<Duplex, Problem>();

function linger(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LIMITS.linger.value);
  socket.once("close", () => clearTimeout(timer));
  socket.once("end", () => socket.destroy());
  socket.resume();
}
