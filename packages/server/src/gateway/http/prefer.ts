/** `Prefer`, of which we know `respond-async` and `wait=SECONDS`; others are passed over. Source: RFC 7240. */
export interface Preference {
  readonly respondAsync: boolean;
  readonly waitMs: number | null;
}

export const NO_PREFERENCE: Preference = { respondAsync: false, waitMs: null };

/** The first of equal preferences counts; a `wait` that is no number is passed over, parts of seconds count. */
export function preferenceOf(header: string | null, longestMs: number): Preference {
  if (header === null) return NO_PREFERENCE;
  let respondAsync = false;
  let waitMs: number | null = null;
  for (const part of header.split(",")) {
    const [name, value] = (part.split(";", 1)[0] ?? "").split("=").map((piece) => piece.trim());
    if (name?.toLowerCase() === "respond-async") respondAsync = true;
    if (name?.toLowerCase() === "wait") waitMs ??= waitOf(value ?? "", longestMs);
  }
  return { respondAsync, waitMs };
}

/** What `Preference-Applied` says: `respond-async` only if the answer did not wait for the end. */
export function appliedOf(preference: Preference, isAsync: boolean): string | null {
  const applied: string[] = [];
  if (preference.respondAsync && isAsync) applied.push("respond-async");
  if (preference.waitMs !== null) applied.push(`wait=${preference.waitMs / 1000}`);
  return applied.length === 0 ? null : applied.join(", ");
}

function waitOf(text: string, longestMs: number): number | null {
  const seconds = /^"?(\d+(?:\.\d+)?)"?$/.exec(text)?.[1];
  return seconds === undefined ? null : Math.min(Math.round(Number(seconds) * 1000), longestMs);
}
