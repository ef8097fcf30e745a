/**
 * Numbers are exact both ways: an integer above 2^53 comes in as a BigInt, because JSON.parse alone would round it. Text
 * without sixteen digits in a row holds none and takes the plain way.
 */
const MAY_BE_UNSAFE = /\d{16}/;
const INTEGER = /^-?\d+$/;

export function parseExact(text: string): unknown {
  return MAY_BE_UNSAFE.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
}

function exactInteger(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}

/** A number written as the digits say. `JSON.rawJSON` is in every Node that workers run on. */
export function rawNumber(digits: string): unknown {
  return rawJson(digits);
}

// The type library does not know it yet.
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
