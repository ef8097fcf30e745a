/**
 * TypeIDs: a prefix, `_`, and a UUIDv7 in Crockford's base32 (26 letters). Ids made in one process sort by the order in
 * which they were made. Source: https://github.com/jetify-com/typeid (spec 0.3).
 */
export type IdPrefix = "run" | "bat" | "ver" | "dep" | "sch" | "key";

const CODES = new TextEncoder().encode("0123456789abcdefghjkmnpqrstvwxyz");
const ID = /^([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})$/;

let lastTime = 0;
let counter = 0;
/** Asking for random bytes costs as much as an id, however many they are. */
const random = new Uint8Array(4096);
let used = random.length;
/** Where an id is made: it is written with every run, so it leaves nothing behind but the text. */
const bytes = new Uint8Array(16);
const letters = new Array<number>(26).fill(0);

/** A new id. Monotonic within the process: 12 bits of counter follow the millisecond. */
export function newId(prefix: IdPrefix): string {
  next();
  return `${prefix}_${lettersOfBytes()}`;
}

/** No id of this prefix that was made at that time (milliseconds since the epoch) or later sorts before it. */
export function firstId(prefix: IdPrefix, at: number): string {
  writeTime(Math.max(0, Math.floor(at)), 0);
  bytes.fill(0, 8);
  return `${prefix}_${lettersOfBytes()}`;
}

/** Whether the text is an id of that prefix, as this platform makes them. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return ID.exec(text)?.[1] === prefix;
}

/** The next UUIDv7, into `bytes`. */
function next(): void {
  const now = Date.now();
  if (now > lastTime) {
    lastTime = now;
    counter = 0;
  } else if (counter === 0xfff) {
    lastTime += 1;
    counter = 0;
  } else {
    counter += 1;
  }
  if (used + 8 > random.length) {
    crypto.getRandomValues(random);
    used = 0;
  }
  writeTime(lastTime, counter);
  for (let i = 8; i < 16; i += 1) bytes[i] = random[used++] ?? 0;
  bytes[8] = (byte(8) & 0x3f) | 0x80;
}

function writeTime(at: number, count: number): void {
  const high = Math.floor(at / 0x1_0000_0000);
  const low = at >>> 0;
  bytes[0] = high >>> 8;
  bytes[1] = high;
  bytes[2] = low >>> 24;
  bytes[3] = low >>> 16;
  bytes[4] = low >>> 8;
  bytes[5] = low;
  bytes[6] = 0x70 | (count >>> 8);
  bytes[7] = count;
}

/** `bytes` in base32: 16 bytes are two letters, and 24 of five bits each. */
function lettersOfBytes(): string {
  letters[0] = code(byte(0) >> 5);
  letters[1] = code(byte(0));
  for (let i = 1; i < 16; i += 5) writeFive(i, 2 + ((i - 1) / 5) * 8);
  return String.fromCharCode.apply(null, letters);
}

/** Eight letters from the five bytes at `i`. */
function writeFive(i: number, at: number): void {
  const [b0, b1, b2, b3, b4] = [byte(i), byte(i + 1), byte(i + 2), byte(i + 3), byte(i + 4)];
  letters[at] = code(b0 >> 3);
  letters[at + 1] = code((b0 << 2) | (b1 >> 6));
  letters[at + 2] = code(b1 >> 1);
  letters[at + 3] = code((b1 << 4) | (b2 >> 4));
  letters[at + 4] = code((b2 << 1) | (b3 >> 7));
  letters[at + 5] = code(b3 >> 2);
  letters[at + 6] = code((b3 << 3) | (b4 >> 5));
  letters[at + 7] = code(b4);
}

const code = (bits: number): number => CODES[bits & 31] ?? 0;
const byte = (i: number): number => bytes[i] ?? 0;
