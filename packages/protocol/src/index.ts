/** The words everyone speaks: config, API, worker frames, errors, limits. No I/O. */
export * from "./access.ts";
export * from "./agent-log.ts";
export * from "./calls.ts";
export * from "./config/types.ts";
export * from "./deployment.ts";
export * from "./egress.ts";
export * from "./errors.ts";
export * from "./events.ts";
export * from "./frames.ts";
export * from "./ids.ts";
export * from "./json-text.ts";
export * from "./limits.ts";
export * from "./pointed-errors.ts";
export * from "./run.ts";
export * from "./sse.ts";
export * from "./units.ts";
export * from "./worker.ts";
