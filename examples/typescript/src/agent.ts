/** Plain functions: the input is one object, the second argument is the context. */
import { Tone } from "#tone";

interface Person {
  readonly name: string;
  readonly tone?: `${Tone}`;
}

/** The parameter's type becomes the input's schema: a wrong body is the caller's 422. */
export function greet({ name, tone = Tone.Friendly }: Person): { greeting: string } {
  console.log(`greeting ${name}`);
  return { greeting: tone === Tone.Formal ? `Good day, ${name}.` : `Hello ${name}!` };
}

/** Every item is sent when it is yielded; the return value is the output. */
export async function* countDown({ start }: { start: number }, context: { readonly signal: AbortSignal }) {
  for (let number = start; number > 0 && !context.signal.aborted; number -= 1) yield number;
  return { counted: start };
}

/** A Map leaves as an object, a BigInt as an exact number, a Date as text. */
export async function longest({ words }: { words: string[] }): Promise<object> {
  const lengths = new Map(words.map((word) => [word, word.length]));
  return { lengths, exact: 9007199254740993n, at: new Date(0) };
}

/** A list comes in, a list of the same length goes out. */
export function doubleAll(items: number[]): (number | Error)[] {
  return items.map((item) => (item < 0 ? new RangeError(`${item} is negative`) : item * 2));
}
