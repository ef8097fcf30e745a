/** Writes docs/reference/api.md from the route table. */
import { writeFileSync } from "node:fs";
import { type Parameter, ROUTES, type Route } from "@runagent/protocol/api";

const routes: readonly Route[] = Object.values(ROUTES);
const groups = [...new Set(routes.map((route) => route.group))];

const page = `# The API

Generated from \`packages/protocol/src/api/routes.ts\` by \`npm run docs\`; do not edit. A running server says the same as
OpenAPI 3.1 at \`/openapi.json\` and as a page at \`/docs\`. Every failure is a problem of [the catalogue](errors.md).

${groups
  .map(
    (group) =>
      `## ${group}\n\n${routes
        .filter((one) => one.group === group)
        .map(section)
        .join("\n")}`,
  )
  .join("\n")}`;

writeFileSync(new URL("../../docs/reference/api.md", import.meta.url), page);

function section(route: Route): string {
  const body = route.body === undefined ? [] : [`* body: ${bodyOf(route.body)}`];
  const answers = Object.entries(route.answers).map(([status, { about, content }]) => {
    const types = Object.keys(content ?? {}).map((type) => `\`${type}\``);
    return `* \`${status}\`: ${about}${types.length === 0 ? "" : ` (${types.join(", ")})`}`;
  });
  const problems = route.problems.map((code) => `[\`${code}\`](errors.md#${code})`);
  return [
    `### \`${route.method} ${route.path}\`\n`,
    `${route.summary}. Scope: \`${route.scope}\`.\n`,
    ...parameters("query", route.query),
    ...parameters("header", route.headers),
    ...body,
    ...answers,
    ...(problems.length === 0 ? [] : [`* problems: ${problems.join(", ")}`]),
    "",
  ].join("\n");
}

function parameters(kind: string, list: readonly Parameter[] = []): string[] {
  return list.map(({ name, about }) => `* ${kind} \`${name}\`: ${about}`);
}

function bodyOf(body: object | "input"): string {
  if (body === "input") return "the entrypoint's input, any JSON";
  const members: unknown = Reflect.get(body, "properties");
  const names = Object.keys(Object(members)).map((name) => `\`${name}\``);
  return names.length === 0 ? "none, or `{}`" : `an object with ${names.join(", ")}`;
}
