/** OpenAPI 3.1, built from the route table. Source: https://spec.openapis.org/oas/v3.1.1.html */
import { ERROR_TYPE_BASE, ERRORS, type ErrorCode } from "../errors.ts";
import { type Answer, type Parameter, ROUTES, type Route } from "./routes.ts";
import { VIEWS } from "./views.ts";

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<"title" | "version" | "description", string>> & { readonly license: object };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly securitySchemes?: Readonly<Record<string, unknown>>;
  };
}

/** What a description is of. `keys`: whether callers need one, as at `runagent server`. */
export interface Described {
  readonly version: string;
  readonly keys: boolean;
}

/** The description of the whole API. `version` is the server's. */
export function openApi({ version, keys }: Described): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [id, route] of Object.entries<Route>(ROUTES)) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = { ...operation(id, route), security: keys ? security(route) : [] };
    paths[route.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "RunAgent",
      version,
      description: "Run agents over HTTP. Problems are RFC 9457.",
      license: { name: "Apache License 2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: keys ? { schemas: VIEWS, securitySchemes: { key: KEY } } : { schemas: VIEWS },
  };
}

const KEY = { type: "http", scheme: "bearer", description: "a key of `runagent login` or `runagent key create`" };

/** The scope, where one is needed, stands as a role. Source: https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object */
const security = ({ scope }: Route): readonly object[] =>
  scope === "open" ? [] : [{ key: scope === "any" ? [] : [scope] }];

function operation(id: string, route: Route): Record<string, unknown> {
  const body = route.body === undefined ? {} : { requestBody: requestBody(route.body) };
  return {
    operationId: id,
    summary: route.summary,
    tags: [route.group],
    "x-scope": route.scope,
    parameters: parameters(route),
    ...body,
    responses: responses(route),
  };
}

function parameters(route: Route): unknown[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const others = (place: string, list: readonly Parameter[] = []) =>
    list.map(({ name, about }) => ({ name, in: place, description: about, schema: { type: "string" } }));
  return [...inPath, ...others("query", route.query), ...others("header", route.headers)];
}

function requestBody(body: object | "input"): unknown {
  const schema = body === "input" ? { description: "the input; its schema is in `GET /v1/agents/{agent}`" } : body;
  return { required: false, content: { "application/json": { schema } } };
}

function responses(route: Route): Record<string, unknown> {
  const all: Record<string, unknown> = {};
  for (const [status, answer] of Object.entries(route.answers)) all[status] = response(answer);
  for (const [status, codes] of byStatus(route.problems)) all[status] = problemResponse(codes);
  all.default = problemResponse(["INTERNAL"]);
  return all;
}

function response(answer: Answer): unknown {
  const content = Object.entries(answer.content ?? {}).map(([type, view]) => {
    const schema = view === "text" ? { type: type === "application/json" ? "object" : "string" } : reference(view);
    return [type, { schema }];
  });
  return { description: answer.about, ...(content.length > 0 && { content: Object.fromEntries(content) }) };
}

function byStatus(codes: readonly ErrorCode[]): Map<number, readonly ErrorCode[]> {
  return Map.groupBy(codes, (code) => ERRORS[code].status);
}

function problemResponse(codes: readonly ErrorCode[]): unknown {
  return {
    description: codes.map((code) => `[\`${code}\`](${ERROR_TYPE_BASE}${code}): ${ERRORS[code].title}`).join("; "),
    content: { "application/problem+json": { schema: reference("Problem") } },
  };
}

const reference = (view: string) => ({ $ref: `#/components/schemas/${view}` });
