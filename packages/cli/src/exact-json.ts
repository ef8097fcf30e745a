/**
 * JSON that is read to be printed again: a number that would change its digits, such as an integer above 2^53, is kept
 * as the text it is, which `JSON.stringify` writes as it stands. Our server's own numbers are always plain numbers.
 */

/** Throws SyntaxError. An engine that does not tell a number's text gives the number, as `JSON.parse` does. */
export const parseExact = (text: string): unknown => JSON.parse(text, keepDigits);

/** What the types of this TypeScript do not know yet. */
interface Json extends JSON {
  rawJSON?(text: string): unknown;
}

function keepDigits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  const json: Json = JSON;
  if (typeof value !== "number" || source === undefined || String(value) === source) return value;
  return json.rawJSON?.(source) ?? value;
}
