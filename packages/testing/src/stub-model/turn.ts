/** What the stub model says in one turn, and what it was asked. */
export interface StubTurn {
  readonly text?: string | undefined;
  readonly tools?: readonly { readonly name: string; readonly args: Readonly<Record<string, unknown>> }[];
  /** Before the first byte. */
  readonly delayMs?: number;
  /** Between the pieces of a stream. */
  readonly pieceDelayMs?: number;
  /**
   * A status to fail with; `cut`: the connection breaks in the middle of a stream, or before any answer; `nonsense`: a body
   * that is no answer; `hang`: no answer until the caller leaves.
   */
  readonly failure?: 429 | 500 | "cut" | "nonsense" | "hang";
}

export interface StubRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: StubBody;
}

/** The members of a request that the stub looks at; the others are there too. */
export interface StubBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: unknown;
  readonly [other: string]: unknown;
}

/** One stream's event: `name` only where the protocol names its events. */
export interface Piece {
  readonly name?: string;
  readonly data: unknown;
}

export interface Dialect {
  whole(turn: StubTurn, body: StubBody, n: number): unknown;
  pieces(turn: StubTurn, body: StubBody, n: number): Piece[];
  /** What ends a stream after its last piece. */
  readonly last: string;
}

/** Each word with the blank after it: a stream's deltas. */
export const words = (text: string): string[] => text.match(/\S+\s*|\s+/g) ?? [];

/** A token a word: enough for whoever counts. */
export const tokens = (value: unknown): number =>
  words(typeof value === "string" ? value : JSON.stringify(value ?? "")).length;
