/** Sizes and durations as people write them: `512MB` (10^6), `512MiB` (2^20); seconds as a number, or `30s`, `10m`, `24h`, `7d`. */

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$/;
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/;
const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Bytes, or undefined when the text is no size. */
export function parseSize(value: string | number): number | undefined {
  return scaled(SIZE, SIZE_UNITS, "B", value);
}

/** Milliseconds, or undefined when the text is no duration. A bare number is seconds. */
export function parseDuration(value: string | number): number | undefined {
  return scaled(DURATION, DURATION_UNITS, "s", value);
}

function scaled(
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
  bare: string,
  value: string | number,
): number | undefined {
  const match = pattern.exec(String(value).trim());
  const unit = units[match?.[2] ?? bare];
  if (match?.[1] === undefined || unit === undefined) return undefined;
  const result = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(result) ? result : undefined;
}
