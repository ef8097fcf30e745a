/** Writes docs/reference/cli.md from the command table. */
import { writeFileSync } from "node:fs";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "../../packages/cli/src/command.ts";
import { COMMANDS } from "../../packages/cli/src/commands/index.ts";
import { EXIT_MEANINGS } from "../../packages/cli/src/exit-codes.ts";
import { GLOBAL_OPTIONS } from "../../packages/cli/src/global-options.ts";

const page = `# The command line

Generated from \`packages/cli/src/commands\` by \`npm run docs\`; do not edit.

${usages()}

Results go to stdout, everything about them to stderr; progress only to a terminal. Without a terminal nothing ever asks.
\`AGENT\` left out: the agent of the folder one stands in. No server named: the one that \`runagent serve\` runs for this
folder, else the command says how to get one.

## Everywhere

${optionTable(GLOBAL_OPTIONS)}

| variable | means |
|---|---|
| \`RUNAGENT_URL\` | the server, as \`--url\` |
| \`RUNAGENT_API_KEY\` | the key; sent over https, and to this machine |
| \`RUNAGENT_HOME\` | configuration and caches; left out: the platform's own folders |
| \`NO_COLOR\` | as \`--no-color\` |

## Exit codes

| exit | means |
|---|---|
${EXIT_MEANINGS.map(([code, means]) => `| ${code} | ${means} |`).join("\n")}

${COMMANDS.map(section).join("\n")}`;

writeFileSync(new URL("../../docs/reference/cli.md", import.meta.url), page);

function usages(): string {
  return ["```", ...COMMANDS.map((command) => usage(command)), "```"].join("\n");
}

function usage({ name, arguments: args = [], options = [] }: CommandSpec): string {
  return ["runagent", name, ...args.map(({ syntax }) => syntax), ...(options.length > 0 ? ["[options]"] : [])].join(
    " ",
  );
}

function section(command: CommandSpec): string {
  const { name, summary, arguments: args = [], options = [], examples } = command;
  const parts = [`## runagent ${name}\n`, `${summary}\n`, `\`${usage(command)}\`\n`];
  if (args.length > 0) parts.push(`${args.map(argumentLine).join("\n")}\n`);
  if (options.length > 0) parts.push(`${optionTable(options)}\n`);
  parts.push(["```sh", ...examples.map(({ line, about }) => `${line}   # ${about}`), "```", ""].join("\n"));
  return parts.join("\n");
}

function argumentLine({ syntax, about, choices }: ArgumentSpec): string {
  return `* \`${syntax}\`: ${about}${choices === undefined ? "" : ` (${choices.join(", ")})`}`;
}

function optionTable(options: readonly OptionSpec[]): string {
  const rows = options.map(({ flags, about, choices, fallback }) => {
    const more = [choices?.join(" or "), fallback === undefined ? undefined : `default ${fallback}`].filter(Boolean);
    return `| \`${flags}\` | ${about}${more.length === 0 ? "" : ` (${more.join(", ")})`} |`;
  });
  return ["| option | means |", "|---|---|", ...rows].join("\n");
}
