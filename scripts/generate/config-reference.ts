/** Writes docs/reference/config.md from the config's schema. */
import { writeFileSync } from "node:fs";
import { CONFIG_SCHEMA, expectedOf, type SchemaNode } from "@runagent/protocol/config";

interface Row {
  readonly key: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

const schema: SchemaNode = CONFIG_SCHEMA;
const rows = rowsOf(schema, "");
const current = rows.filter(({ node }) => node.deprecated !== true);
const old = rows.filter(({ node }) => node.deprecated === true);

const page = `# \`runagent.config.json\`

Generated from \`packages/protocol/src/config/schema.ts\` by \`npm run docs\`; do not edit. JSON with comments and trailing
commas, or YAML (\`runagent.config.yaml\`, \`.yml\`). For help in an editor, name the schema:
\`"$schema": "./docs/reference/runagent.config.schema.json"\`, or wherever your copy of it is. \`runagent validate\` shows
everything that is wrong with a file, at once; an unknown key is a warning.

\`\${NAME}\` and \`\${NAME:-default}\` in any text but \`description\` are filled in from the environment or the secret store;
\`$\${NAME}\` stays \`\${NAME}\`. A name without value or default fails the load.

\`\`\`json
{
  "agent_name": "my-agent",
  "framework": "langgraph",
  "agent_architecture": {
    "entrypoints": [{ "file": "agent.py", "module": "app.invoke", "type": "generic" }]
  }
}
\`\`\`

| key | what | value | left out |
|---|---|---|---|
${current.map(line).join("\n")}

## Of older files

These keys are read without a complaint; \`runagent\` says in a note what it assumed.

| key | what |
|---|---|
${old.map(({ key, node }) => `| \`${key}\` | ${node.description ?? ""} |`).join("\n")}
`;

writeFileSync(new URL("../../docs/reference/config.md", import.meta.url), page);

function rowsOf(node: SchemaNode, at: string): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = at === "" ? name : `${at}.${name}`;
    const required = [...(node.required ?? []), ...(node.else?.required ?? [])].includes(name);
    return [{ key, node: child, required }, ...nested(child, key)];
  });
}

function nested(node: SchemaNode, key: string): Row[] {
  const items = node.items?.anyOf?.find((one) => one.properties !== undefined) ?? node.items;
  return [...rowsOf(node, key), ...(items === undefined ? [] : rowsOf(items, `${key}[]`))];
}

function line({ key, node, required }: Row): string {
  const example = node.examples?.[0];
  const expected = expectedOf(node, node.type) || "any JSON";
  const said = example === undefined || node.enum !== undefined || /such as|true or false/.test(expected);
  const value = said ? expected : `${expected}, e.g. \`${JSON.stringify(example)}\``;
  const fallback = node.default === undefined ? "" : `\`${JSON.stringify(node.default)}\``;
  return `| \`${key}\` | ${cell(node.description ?? "")} | ${cell(value)} | ${required ? "**required**" : fallback} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
