/** Writes docs/reference/frameworks.md from the table of frameworks, their contract tests and what the matrix has run. */
import { existsSync, writeFileSync } from "node:fs";
import { saidOf } from "../matrix/contract.ts";
import { FRAMEWORKS, type FrameworkRow } from "../matrix/frameworks.ts";
import { type Result, readResults } from "../matrix/results.ts";

const NEEDED = ["chat", "session", "text", "tools", "usage", "failures"];

const results = readResults();
const titleOf = ({ title, name }: FrameworkRow): string => {
  const page = `../guide/frameworks/${name}.md`;
  return existsSync(new URL(`../../docs/reference/${page}`, import.meta.url)) ? `[${title}](${page})` : title;
};
const of = (row: FrameworkRow): Result[] => results.filter((one) => one.name === row.name);

const supported = FRAMEWORKS.map((row) => {
  const said = saidOf(row.name);
  const missing = NEEDED.filter((word) => !said.has(word));
  if (missing.length > 0) throw new Error(`${row.name}.test.ts does not say ${missing.join(", ")}`);
  const yes = (word: string, text: string): string => (said.get(word) === true ? text : "no");
  const cannot = [...said].flatMap(([word, value]) => (value === true ? [] : [`${word}: ${value}`]));
  const cells = [
    titleOf(row),
    row.object,
    yes("session", "yes"),
    yes("text", "in pieces"),
    yes("tools", "events"),
    row.interrupts ?? "no",
    of(row)
      .map((one) => one.version)
      .join(", ") || "none yet",
    cannot.join("; ") || "–",
  ];
  return `| ${cells.join(" | ")} |`;
});

const ran = FRAMEWORKS.flatMap((row) =>
  of(row).map(({ version, runtime, passed, failed }) => {
    const name = `\`${row.package}\``;
    return `| ${row.title} | ${name} | ${version} | ${runtime} | ${passed} | ${failed === 0 ? "0" : `**${failed}**`} |`;
  }),
);

const page = `# Frameworks

Generated from \`scripts/matrix\` and the contract tests by \`npm run docs\`; do not edit.

The versions are the oldest and the newest that the contract tests were run with; those in between are not tried one by one.
"no" in a column is explained in the last one; what else a framework does not support stands on its page.

| framework | object | session | text | tools | waits for a person | versions run | what it cannot, and why |
|---|---|---|---|---|---|---|---|
${supported.join("\n")}

## What was run

\`npm run matrix\` runs a framework's contract test (\`packages/cli/test/frameworks\`) with its example and with an agent of its
real client before a stub model.

| framework | package | version | with | passed | failed |
|---|---|---|---|---|---|
${ran.join("\n")}
`;

writeFileSync(new URL("../../docs/reference/frameworks.md", import.meta.url), page);
