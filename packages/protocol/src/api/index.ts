/** The API on the wire: bodies, answers, routes, and the OpenAPI description made from them. */
export * from "./bodies.ts";
export * from "./openapi.ts";
export * from "./routes.ts";
export * from "./views.ts";
