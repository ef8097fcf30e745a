/**
 * TypeIDs: a prefix, `_`, and a UUIDv7 in Crockford's base32 (26 letters). Ids made in one process sort by the order in
 * which they were made. Source: https://github.com/jetify-com/typeid (spec 0.3).
 */
export type IdPrefix = "run" | "bat" | "ver" | "dep" | "sch" | "key";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const ID = /^([a-z]+)_([0-7][0-9a-hjkmnp-tv-z]{25})$/;

let lastTime = 0;
let counter = 0;
/** Asking for random bytes costs as much as an id, however many they are. */
const random = new Uint8Array(4096);
let used = random.length;

/** A new id. Monotonic within the process: 12 bits of counter follow the millisecond. */
export function newId(prefix: IdPrefix): string {
  const bytes = uuid7();
  let out = `${prefix}_${ALPHABET[byte(bytes, 0) >> 5] ?? ""}${ALPHABET[byte(bytes, 0) & 31] ?? ""}`;
  // 15 bytes are 24 letters of five bits.
  for (let i = 1; i < 16; i += 5) out += fiveBytes(bytes, i);
  return out;
}

/** Whether the text is an id of that prefix, as this platform makes them. */
export function isId(prefix: IdPrefix, text: string): boolean {
  return ID.exec(text)?.[1] === prefix;
}

function uuid7(): Uint8Array {
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
  const bytes = new Uint8Array(16);
  const high = Math.floor(lastTime / 0x1_0000_0000);
  const low = lastTime >>> 0;
  bytes[0] = high >>> 8;
  bytes[1] = high;
  bytes[2] = low >>> 24;
  bytes[3] = low >>> 16;
  bytes[4] = low >>> 8;
  bytes[5] = low;
  bytes[6] = 0x70 | (counter >>> 8);
  bytes[7] = counter;
  for (let i = 8; i < 16; i += 1) bytes[i] = byte(random, used++);
  bytes[8] = (byte(bytes, 8) & 0x3f) | 0x80;
  return bytes;
}

function fiveBytes(b: Uint8Array, i: number): string {
  const [b0, b1, b2, b3, b4] = [byte(b, i), byte(b, i + 1), byte(b, i + 2), byte(b, i + 3), byte(b, i + 4)];
  return (
    letter(b0 >> 3) +
    letter((b0 << 2) | (b1 >> 6)) +
    letter(b1 >> 1) +
    letter((b1 << 4) | (b2 >> 4)) +
    letter((b2 << 1) | (b3 >> 7)) +
    letter(b3 >> 2) +
    letter((b3 << 3) | (b4 >> 5)) +
    letter(b4)
  );
}

const letter = (bits: number): string => ALPHABET.charAt(bits & 31);
const byte = (bytes: Uint8Array, i: number): number => bytes[i] ?? 0;
