/** The page at `/docs`: the route table and the agents, as HTML. It holds no script and loads nothing. */
import type { AgentView } from "@runagent/protocol";
import { ERRORS } from "@runagent/protocol";
import { type Parameter, ROUTES, type Route } from "@runagent/protocol/api";
import { DOCS_STYLE } from "./docs-style.ts";

export function docsPage(agents: readonly AgentView[], version: string): string {
  const groups = Map.groupBy(Object.values<Route>(ROUTES), (route) => route.group);
  const sections = [...groups].map(([name, routes]) => groupHtml(name, routes));
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>RunAgent API</title><style>${DOCS_STYLE}</style></head>
<body><main>
<header><h1>RunAgent API</h1><p>Version ${html(version)} · <a href="/openapi.json">OpenAPI 3.1</a></p></header>
${agents.map(agentHtml).join("\n")}
${sections.join("\n")}
${problemsHtml()}
</main></body></html>`;
}

function agentHtml(agent: AgentView): string {
  const entrypoints = agent.entrypoints.map((one) => {
    const path = `/v1/run/${agent.name}${one.tag === agent.default ? "" : `/${one.tag}`}`;
    const facts = [one.type, one.streams ? "streams" : "", one.tag === agent.default ? "default" : ""];
    return `<details><summary><b class="post">POST</b> <code>${html(path)}</code> <span>${html(one.tag)} · ${html(
      facts.filter((fact) => fact !== "").join(" · "),
    )}</span></summary>${schemaHtml("Input", one.input_schema)}${schemaHtml("Output", one.output_schema)}</details>`;
  });
  return `<section><h2>${html(agent.title)} <small>${html(agent.version)}</small></h2>${entrypoints.join("")}</section>`;
}

function groupHtml(name: string, routes: readonly Route[]): string {
  return `<section><h2>${html(name)}</h2>${routes.map(routeHtml).join("")}</section>`;
}

function routeHtml(route: Route): string {
  const answers = Object.entries(route.answers).map(([status, { about }]) => row(status, about));
  const problems = route.problems.map((code) => row(String(ERRORS[code].status), code));
  const body = route.body === undefined || route.body === "input" ? "" : schemaHtml("Body", route.body);
  return `<details><summary><b class="${route.method.toLowerCase()}">${route.method}</b> <code>${html(
    route.path,
  )}</code> <span>${html(route.summary)}</span></summary>${parametersHtml("Query", route.query)}${parametersHtml(
    "Headers",
    route.headers,
  )}${body}<h3>Answers</h3><table>${[...answers, ...problems].join("")}</table></details>`;
}

function parametersHtml(title: string, list: readonly Parameter[] = []): string {
  if (list.length === 0) return "";
  return `<h3>${title}</h3><table>${list.map(({ name, about }) => row(name, about)).join("")}</table>`;
}

function problemsHtml(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, title }]) => row(String(status), `${code}: ${title}`));
  return `<section><h2>Problems</h2><details><summary><span>Every error is one of these, as RFC 9457</span></summary><table>${rows.join(
    "",
  )}</table></details></section>`;
}

function schemaHtml(title: string, schema: unknown): string {
  if (schema === null || schema === undefined) return "";
  return `<h3>${title}</h3><pre>${html(JSON.stringify(schema, null, 2))}</pre>`;
}

/** Words between back ticks are code. */
function row(name: string, about: string): string {
  const text = html(about).replace(/`([^`]+)`/g, "<code>$1</code>");
  return `<tr><td><code>${html(name)}</code></td><td>${text}</td></tr>`;
}

function html(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
