/**
 * The codec of the worker protocol (docs/reference/worker-protocol.md). It knows bytes and nothing of sockets
 * (invariant W1).
 *
 *   frame = u32 length of what follows | u8 kind | u32 call | body          (big endian)
 *
 * `call` is 0 for what concerns the whole channel. Bodies are UTF-8 JSON; `event` and `result` put one word and a line
 * feed before it, so that the text of the agent's own JSON is handed on and never parsed.
 */
export const FRAME_KINDS = {
  hello: 1,
  describe: 2,
  invoke: 3,
  event: 4,
  log: 5,
  result: 6,
  error: 7,
  cancel: 8,
  ack: 9,
  drain: 10,
  ping: 11,
  state: 12,
  spawn: 13,
  exited: 14,
  host: 15,
  step: 16,
  interrupt: 17,
} as const;

export type FrameKind = keyof typeof FRAME_KINDS;

export interface Frame {
  readonly kind: FrameKind;
  readonly call: number;
  readonly body: Buffer;
  /** The two parts of `word LF json`, the body of `event` and `result`. Throws FrameError for any other body. */
  split(): { readonly word: string; readonly json: string };
}

export const FRAME_HEAD_BYTES = 9;

const KINDS: readonly (FrameKind | undefined)[] = Object.entries(FRAME_KINDS).reduce<FrameKind[]>((list, [kind, n]) => {
  list[n] = kind as FrameKind; // `entries` forgets the keys
  return list;
}, []);

/** One frame as bytes. */
export function encodeFrame(kind: FrameKind, call: number, body: string | Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(frameBytes(body));
  writeFrame(out, 0, { kind, call, body });
  return out;
}

/** How many bytes a frame of this body has. */
export const frameBytes = (body: string | Uint8Array): number =>
  FRAME_HEAD_BYTES + (typeof body === "string" ? Buffer.byteLength(body) : body.length);

/** Writes a frame at `at`; where the next one begins. A body of text is written as UTF-8 without a copy in between. */
export function writeFrame(
  out: Buffer,
  at: number,
  { kind, call, body }: { readonly kind: FrameKind; readonly call: number; readonly body: string | Uint8Array },
): number {
  const from = at + FRAME_HEAD_BYTES;
  let length = body.length;
  if (typeof body === "string") length = out.write(body, from, "utf8");
  else out.set(body, from);
  out.writeUInt32BE(length + 5, at);
  out[at + 4] = FRAME_KINDS[kind];
  out.writeUInt32BE(call, at + 5);
  return from + length;
}

/** What came over the channel is no frame of this protocol; the channel cannot go on. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/**
 * Takes bytes in any cutting, gives whole frames. A frame's body is a view of what was fed: use it before the next
 * `push`, or copy it. Throws FrameError for an unknown kind or a frame above `maxBytes`.
 */
export class FrameDecoder {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(bytes: Buffer): Frame[] {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    const wanted = this.#wanted();
    if (this.#size < wanted) return [];
    const data = this.#chunks.length === 1 ? bytes : Buffer.concat(this.#chunks, this.#size);
    return this.#cut(data);
  }

  /** Bytes that must be there before a frame can be complete. */
  #wanted(): number {
    const first = this.#chunks[0];
    if (first === undefined || first.length < 4) return this.#size < 4 ? 4 : FRAME_HEAD_BYTES;
    return 4 + this.#checked(first.readUInt32BE(0));
  }

  #checked(length: number): number {
    if (length >= 5 && length <= this.#maxBytes) return length;
    throw new FrameError(`a frame of ${length} bytes; at most ${this.#maxBytes}`);
  }

  #cut(data: Buffer): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (data.length - at >= 4) {
      const length = this.#checked(data.readUInt32BE(at));
      if (data.length - at < 4 + length) break;
      frames.push(readFrame(data, at, length));
      at += 4 + length;
    }
    this.#chunks = at === data.length ? [] : [data.subarray(at)];
    this.#size = data.length - at;
    return frames;
  }
}

function readFrame(data: Buffer, at: number, length: number): Frame {
  const code = data[at + 4] ?? 0;
  const kind = KINDS[code];
  if (kind === undefined) throw new FrameError(`a frame of the unknown kind ${code}`);
  const view = new View(kind, data.readUInt32BE(at + 5), data);
  view.from = at + FRAME_HEAD_BYTES;
  view.to = at + 4 + length;
  return view;
}

/** A frame where it lies. Streams bring many small ones: what nobody asks for is not made. */
class View implements Frame {
  readonly kind: FrameKind;
  readonly call: number;
  readonly #data: Buffer;
  from = 0;
  to = 0;

  constructor(kind: FrameKind, call: number, data: Buffer) {
    this.kind = kind;
    this.call = call;
    this.#data = data;
  }

  get body(): Buffer {
    return this.#data.subarray(this.from, this.to);
  }

  split(): { word: string; json: string } {
    const data = this.#data;
    const { from, to } = this;
    let at = from;
    while (at < to && data[at] !== LINE_FEED) at += 1;
    if (at === to) throw new FrameError("a body without its first line");
    return { word: readWord(data, from, at), json: data.toString("utf8", at + 1, to) };
  }
}

const LINE_FEED = 10;
/** The usual words: they come with every event, and are compared faster than read. */
const WORDS = ["chunk", "text", "value", "stream"].map((word) => ({ word, bytes: Buffer.from(word) }));

function readWord(data: Buffer, from: number, to: number): string {
  for (const { word, bytes } of WORDS) {
    if (bytes.length === to - from && standsAt(data, from, bytes)) return word;
  }
  return data.toString("latin1", from, to);
}

function standsAt(data: Buffer, from: number, bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i += 1) if (data[from + i] !== bytes[i]) return false;
  return true;
}
