/** Writes docs/reference/errors.md from the catalogue of errors. */
import { writeFileSync } from "node:fs";
import { ERRORS } from "@runagent/protocol/errors";

const rows = Object.entries(ERRORS).map(
  ([code, { status, origin, retryable, title, hint }]) =>
    `| <a id="${code}"></a>\`${code}\` | ${status} | ${origin} | ${retryable ? "yes" : "no"} | ${title}. ${hint} |`,
);

const page = `# Errors

Generated from \`packages/protocol/src/errors.ts\` by \`npm run docs\`; do not edit.

Every failure is a problem (RFC 9457, \`application/problem+json\`) with \`code\`, \`origin\`, \`retryable\` and \`hint\`; decide by
\`code\`, never by the words. \`origin\` says whose fault it is, \`retryable\` whether the same call may work later. Both stand
here as they are by default: a single problem may say otherwise, and then it holds.

| code | status | origin | retryable | what it means, and what to do |
|---|---|---|---|---|
${rows.join("\n")}
`;

writeFileSync(new URL("../../docs/reference/errors.md", import.meta.url), page);
