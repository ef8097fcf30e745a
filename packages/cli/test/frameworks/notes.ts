/** What `serve` says at the start, a line a note. */
import type { Served } from "../examples/served.ts";

const NOTE_MS = 30_000;

/** The note that begins so; rejects when there is none. */
export async function noteOf({ process }: Served, beginning: string): Promise<string> {
  const start = `{"event":"note","message":${JSON.stringify(beginning).slice(0, -1)}`;
  const line = await process.line((one) => one.startsWith(start), NOTE_MS);
  const { message }: { message: string } = JSON.parse(line);
  return message;
}
