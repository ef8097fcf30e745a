/** Writes docs/reference/limits.md from the one table of limits. */
import { writeFileSync } from "node:fs";
import { LIMITS, type Limit } from "@runagent/protocol";

const STEPS: readonly (readonly [number, string])[] = [
  [1024 ** 3, "GiB"],
  [1024 ** 2, "MiB"],
  [1024, "KiB"],
];
const MS_PER_SECOND = 1000;
const MS_PER_HOUR = 3600 * MS_PER_SECOND;

function shown({ value, unit }: Limit): string {
  if (unit === "count") return value.toLocaleString("en-US");
  if (unit === "ms") {
    return value % MS_PER_HOUR === 0 ? `${value / MS_PER_HOUR} h` : `${value / MS_PER_SECOND} s`;
  }
  const step = STEPS.find(([size]) => value % size === 0);
  return step === undefined ? `${value} bytes` : `${value / step[0]} ${step[1]}`;
}

const answer = ({ reached }: Limit): string =>
  typeof reached === "string" ? `[\`${reached}\`](errors.md#${reached})` : reached.says;

const rows = Object.entries(LIMITS).map(
  ([name, limit]) => `| \`${name}\` | ${shown(limit)} | ${limit.about} | ${answer(limit)} |`,
);

const page = `# Limits

Generated from \`packages/protocol/src/limits.ts\` by \`npm run docs\`; do not edit.

| name | default | of what | what happens there |
|---|---|---|---|
${rows.join("\n")}
`;

writeFileSync(new URL("../../docs/reference/limits.md", import.meta.url), page);
