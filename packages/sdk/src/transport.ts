/**
 * One HTTP request and what can come of it: a response, a typed error of the catalogue, a ConnectionError, or the
 * reason of the caller's AbortSignal. Knows nothing of runs.
 */
import { ConnectionError } from "./connection-error.ts";
import { errorOf } from "./problem.ts";

export interface TransportOptions {
  readonly url: string;
  readonly apiKey: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly parse: (text: string) => unknown;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Without the leading slash, so that a server behind a path prefix works. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** JSON text; or bytes, with their type in the headers. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export class Transport {
  readonly #options: TransportOptions;
  readonly #base: URL;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#base = new URL(options.url.endsWith("/") ? options.url : `${options.url}/`);
  }

  get url(): string {
    return this.#options.url;
  }

  /** A successful response, its body unread. */
  async send(call: Call): Promise<Response> {
    const response = await this.#fetch(call);
    if (response.ok) return response;
    throw await this.#whole(call, () => errorOf(response));
  }

  /** The answer's JSON. `T` is what `docs/reference/api.md` says of the path. */
  async json<T>(call: Call): Promise<T> {
    const { text } = await this.text(call);
    return this.#whole(call, async () => this.#options.parse(text)) as Promise<T>; // our own server's documented answer
  }

  /** The answer's text, as sent, beside its head. */
  async text(call: Call): Promise<{ readonly response: Response; readonly text: string }> {
    const response = await this.send(call);
    return { response, text: await this.#whole(call, () => response.text()) };
  }

  /** The answer's lines, as they come. The body is let go when nobody wants more. */
  async *lines(call: Call): AsyncGenerator<string, void, undefined> {
    const { body } = await this.send(call);
    if (body === null) return;
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for (;;) {
        const piece = await this.#whole(call, () => reader.read());
        if (piece.done) return;
        const lines = (rest + decoder.decode(piece.value, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        yield* lines;
      }
    } finally {
      reader.cancel().catch(() => undefined); // a connection that broke has nothing to cancel
    }
  }

  async #fetch(call: Call): Promise<Response> {
    const { apiKey, headers, fetch } = this.#options;
    const init: RequestInit = {
      method: call.method,
      headers: {
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        ...call.headers,
      },
    };
    if (call.body !== undefined) init.body = call.body;
    if (call.signal !== undefined) init.signal = call.signal;
    return this.#whole(call, () => fetch(this.#address(call), init));
  }

  #address(call: Call): URL {
    const url = new URL(call.path, this.#base);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  /** Network failures, while a body is read too, become ConnectionError; an abort stays the caller's own reason. */
  async #whole<T>(call: Call, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      if (call.signal?.aborted === true) throw call.signal.reason;
      throw new ConnectionError(this.url, `No answer from ${this.url}: ${reasonOf(cause)}`, { cause });
    }
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || error.cause.name : error.message;
}
