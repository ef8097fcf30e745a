/** Waits until a thing that nobody announces is so: a process gone, a file there. Looks every few milliseconds. */
import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 10;

/** Resolves with the first value of `look` that is neither false, null nor undefined; rejects, naming `what`, after `withinMs`. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  withinMs: number,
): Promise<Exclude<T, false | null | undefined>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (isThere(value)) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

function isThere<T>(value: T): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined;
}
