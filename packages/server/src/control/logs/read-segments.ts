/** Lines of a log, in the order in which they were written; then, if somebody follows, what comes. Pulled, a piece at a time. */
import { type FileHandle, open } from "node:fs/promises";
import type { SegmentFile, SegmentLog } from "./segments.ts";

export interface ReadFrom {
  /** Files whose last line is older are passed over. */
  readonly since: number | null;
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export async function* readLines(log: SegmentLog, { since, follow, signal }: ReadFrom): AsyncIterable<string> {
  const place: Place = { number: 0, offset: 0 };
  while (!signal.aborted) {
    await log.flushed();
    const seen = log.written;
    for (const file of await log.files()) {
      if (file.number < place.number || (since !== null && file.at < since)) continue;
      yield* linesOf(file, place);
      if (signal.aborted) return;
    }
    if (!follow) return;
    await log.changed(seen, signal);
  }
}

/** How far a reader has come: in which file, after which byte. */
interface Place {
  number: number;
  offset: number;
}

const PIECE = 64 * 1024;
const NEWLINE = 10;

async function* linesOf(file: SegmentFile, place: Place): AsyncIterable<string> {
  if (file.number !== place.number) Object.assign(place, { number: file.number, offset: 0 });
  const handle = await open(file.path).catch(() => null);
  if (handle === null) return; // it was deleted meanwhile
  try {
    let size = PIECE;
    for (;;) {
      const piece = await pieceAt(handle, place.offset, size);
      const end = piece.lastIndexOf(NEWLINE) + 1;
      if (end === 0 && piece.length < size) return;
      if (end === 0)
        size *= 2; // one line is longer than that; `log_line` bounds it
      else {
        place.offset += end;
        size = PIECE;
        yield* piece.toString("utf8", 0, end - 1).split("\n");
      }
    }
  } finally {
    await handle.close();
  }
}

async function pieceAt(handle: FileHandle, offset: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  const { bytesRead } = await handle.read(buffer, 0, size, offset);
  return buffer.subarray(0, bytesRead);
}
