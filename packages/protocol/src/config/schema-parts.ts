/** The part of the config's schema that describes one entrypoint. */
import { ENTRYPOINT_TYPES, INPUT_SHAPES } from "./types.ts";

/** A property that is free text. */
export const text = <const D extends string, const E extends string>(description: D, example: E) =>
  ({ type: "string", description, examples: [example] }) as const;

export const RETRYABLE = [
  "AGENT_ERROR",
  "WORKER_LOST",
  "OUT_OF_MEMORY",
  "DEADLINE_EXCEEDED",
  "OUTPUT_NOT_JSON",
  "OUTPUT_TOO_LARGE",
  "EVENT_TOO_LARGE",
  "EVENTS_TOO_LARGE",
  "BATCH_MISMATCH",
] as const;

const RETRY = {
  type: "object",
  description: "Trying a failed run again by itself.",
  examples: [{ max_attempts: 3, on: ["AGENT_ERROR", "WORKER_LOST"], delay: "1s", factor: 2 }],
  additionalProperties: false,
  properties: {
    max_attempts: {
      type: "integer",
      minimum: 1,
      default: 1,
      description: "How often a run is started at most, the first time included.",
      examples: [3],
    },
    on: {
      type: "array",
      description: "The codes after which it is tried again.",
      examples: [["AGENT_ERROR", "WORKER_LOST"]],
      items: { type: "string", enum: RETRYABLE, description: "A code of an error.", examples: ["AGENT_ERROR"] },
    },
    delay: {
      type: ["string", "number"],
      format: "duration",
      default: "1s",
      description: "The pause before the second attempt.",
      examples: ["1s"],
    },
    factor: {
      type: "number",
      minimum: 1,
      default: 2,
      description: "Each further pause is longer by this factor.",
      examples: [2],
    },
  },
} as const;

export const ENTRYPOINT = {
  type: "object",
  description: "A function or object that callers may run.",
  examples: [{ file: "agent.py", module: "app.invoke", type: "generic", tag: "chat" }],
  additionalProperties: false,
  if: { required: ["webhook_url"] },
  else: { required: ["file", "module"] },
  properties: {
    file: {
      type: "string",
      format: "source",
      description: "The source file, from the agent's folder.",
      examples: ["agent.py", "src/agent.ts"],
    },
    module: {
      type: "string",
      format: "module",
      description: "The function or object in it; a dotted path reaches into it.",
      examples: ["app.invoke", "run", "Support.answer"],
    },
    type: {
      type: "string",
      enum: ENTRYPOINT_TYPES,
      description: "How the function is called. Left out: read from the function (`batch` never is).",
      examples: ["generic"],
    },
    tag: {
      type: "string",
      format: "tag",
      description: "Its name in URLs. Left out: the last name of `module`, made unique.",
      examples: ["chat"],
    },
    name: text("A name for people.", "Chat"),
    description: text("What it does, for people.", "Answers one message."),
    input: {
      type: "string",
      enum: INPUT_SHAPES,
      description: "How the body becomes the function's arguments. Left out: read from the signature.",
      examples: ["object"],
    },
    delivery: {
      type: "string",
      enum: ["background"],
      description: "Every call is answered at once with the run; the work goes on behind it.",
      examples: ["background"],
    },
    idempotent: {
      type: "boolean",
      default: false,
      description: "Running it twice does no harm: a run whose worker was lost is started again, up to 3 attempts.",
      examples: [true],
    },
    retry: RETRY,
    healthcheck: {
      type: "boolean",
      default: false,
      description: "Call this one before a new version gets traffic.",
      examples: [true],
    },
    adapter: text("The adapter for a framework's object; `none` turns recognition off.", "langgraph"),
    factory: {
      type: "string",
      enum: ["worker", "run"],
      default: "worker",
      description: "How often a function that makes the agent is called: once per worker, or for every run.",
      examples: ["run"],
    },
    checkpointer: {
      type: "string",
      enum: ["keep"],
      description: "LangGraph: keep the graph's own checkpointer, also one in memory.",
      examples: ["keep"],
    },
    config_keys: {
      type: "array",
      default: [],
      description: "LangGraph and LangChain: keys of the body that go to `configurable` instead; ids never may.",
      examples: [["model", "tone"]],
      items: { type: "string", format: "config-key", description: "One key.", examples: ["model"] },
    },
    redact: {
      type: "boolean",
      default: true,
      description: "Whether values of secrets are taken out of events and output.",
      examples: [false],
    },
    extractor: {
      type: ["object", "null"],
      deprecated: true,
      description: "Of old files. Ignored: the whole result is returned.",
      examples: [{ answer: "$.messages[-1].content" }],
    },
    webhook_url: {
      type: "string",
      deprecated: true,
      description: "Of old files. An entrypoint at another server is left out: RunAgent runs code.",
      examples: ["https://example.com/webhook/x"],
    },
    method: { type: "string", deprecated: true, description: "Of old files, with `webhook_url`.", examples: ["post"] },
    timeout: {
      type: ["integer", "number", "string"],
      deprecated: true,
      description: "Of old files, with `webhook_url`.",
      examples: [60],
    },
  },
} as const;
