/**
 * The wire form of DNS, as far as a resolver of allowed names needs it: one question in, one answer out. Knows no socket.
 * Source: RFC 1035.
 */

export interface Question {
  /** Lower case, without the last dot. A byte that is no letter, digit, `-` or `_` is written `\DDD`. */
  readonly name: string;
  readonly type: number;
  /** Its bytes, for the answer. */
  readonly query: Buffer;
  readonly end: number;
}

export const TYPE_A = 1;
const TYPE_ANY = 255;
const CLASS_IN = 1;
const HEADER = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const RECURSION = 0x0180; // wanted, and available
const POINTER_TO_QUESTION = 0xc00c;
const TTL_SECONDS = 60;

export const CODES = { ok: 0, format: 1, failed: 2, noName: 3, notImplemented: 4 } as const;
export type Code = keyof typeof CODES;

/** Null: it is no question; who sent it gets no answer. */
export function readQuestion(query: Buffer): Question | null {
  if (query.length < HEADER + 5) return null;
  const flags = query.readUInt16BE(2);
  if ((flags & (RESPONSE | OPCODE)) !== 0 || query.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    // Above 63 it would be a pointer, which no question has.
    if (length > 63 || at + length + 5 >= query.length || at - HEADER > 253) return null;
    labels.push(labelText(query.subarray(at + 1, at + 1 + length)));
    at += length + 1;
  }
  const end = at + 5;
  if (end > query.length || query.readUInt16BE(at + 3) !== CLASS_IN) return null;
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), query, end };
}

const labelText = (label: Buffer): string =>
  [...label]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(char) ? char.toLowerCase() : `\\${String(byte).padStart(3, "0")}`;
    })
    .join("");

export const asksForA = ({ type }: Question): boolean => type === TYPE_A || type === TYPE_ANY;

/** `address`: the one A record of the answer; null: none, the name is there all the same. */
export function writeAnswer({ query, end }: Question, code: Code, address: string | null = null): Buffer {
  const record = address === null ? Buffer.alloc(0) : aRecord(address);
  const answer = Buffer.concat([query.subarray(0, end), record]);
  answer.writeUInt16BE(RESPONSE | RECURSION | CODES[code], 2);
  answer.writeUInt16BE(address === null ? 0 : 1, 6);
  answer.writeUInt32BE(0, 8); // no authority, nothing further
  return answer;
}

function aRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(POINTER_TO_QUESTION, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split(".").map(Number), 12);
  return record;
}
