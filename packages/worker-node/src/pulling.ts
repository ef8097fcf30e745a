/**
 * Pulling iterators (G1): one item at a time, the next when the last was taken. A cancelled run asks its iterator to
 * return and waits for it.
 */
import type { Run } from "./run.ts";

export type AnyIterator = AsyncIterator<unknown, unknown> | Iterator<unknown, unknown>;

/** Pulls until the end, or until the run is cancelled: then the iterator is asked to return, and is waited for. */
export async function pull(run: Run, iterator: AnyIterator, take: (item: unknown) => Promise<void>): Promise<unknown> {
  let returning: Promise<void> | null = null;
  const end = () => {
    returning ??= endIterator(iterator);
    return returning;
  };
  const stop = () => void end();
  run.signal.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const step = await iterator.next();
      if (run.cancelled) throw run.signal.reason;
      if (step.done === true) return step.value;
      await take(step.value);
    }
  } catch (error) {
    await end();
    throw error;
  } finally {
    run.signal.removeEventListener("abort", stop);
  }
}

async function endIterator(iterator: AnyIterator): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // The run ends with the reason why the iterator was ended, not with what its clean-up threw.
  }
}

/** Null for what is data: arrays, maps, strings and other collections that can be read twice. */
export function iteratorOf(value: object): AnyIterator | null {
  if (value instanceof ReadableStream) return readerOf(value);
  const asynchronous: unknown = Reflect.get(value, Symbol.asyncIterator);
  if (typeof asynchronous === "function") return Reflect.apply(asynchronous, value, []);
  const synchronous: unknown = Reflect.get(value, Symbol.iterator);
  if (typeof synchronous !== "function" || typeof Reflect.get(value, "next") !== "function") return null;
  return Reflect.apply(synchronous, value, []);
}

/**
 * A stream's own iterator waits for its last read before it returns; a reader that is cancelled ends at once. Bytes are
 * UTF-8 text; characters that were cut in two are put together.
 */
export function readerOf(stream: ReadableStream<unknown>): AsyncIterator<unknown, unknown> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  return {
    next: async () => {
      for (;;) {
        const { done, value } = await reader.read();
        const bytes = value instanceof Uint8Array ? value : null;
        if (!done && bytes === null) return { done: false, value };
        const text = bytes === null ? decoder.decode() : decoder.decode(bytes, { stream: true });
        if (text !== "") return { done: false, value: text };
        if (done) return { done: true, value: undefined };
      }
    },
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
