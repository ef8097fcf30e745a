/** How a framework of TypeScript is called by its users, for the comparison with its adapter. */
export interface Direct {
  /** Of the example. */
  readonly file: string;
  readonly module: string;
  /** The body of a call. */
  given(text: string): unknown;
  run(found: Found, text: string): Promise<unknown>;
  stream(found: Found, text: string): Promise<void>;
  /** What makes the model say so many words. Left out: it says what its tool knows of Lisbon. */
  long?(words: number): string;
}

export interface Found {
  readonly object: object;
  /** Of the framework's own functions, as the bundle hands them to adapters. */
  readonly part: (name: string) => unknown;
}

/** Reads a stream to its end. */
export async function drained(stream: unknown): Promise<void> {
  if (!isStream(stream)) throw new TypeError("what the framework gave is no stream");
  for await (const _ of stream);
}

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.asyncIterator in value;
