/**
 * The bodies that callers send, as JSON Schema 2020-12: the one source of the check, the type and the OpenAPI page.
 * A member that is null counts as left out, except `input` and `value`, where null is a value.
 */
import type { FromSchema } from "json-schema-to-ts";
import { SCOPES } from "../access.ts";

const text = { type: ["string", "null"], minLength: 1 } as const;

export const RUN_ENVELOPE = {
  type: "object",
  required: ["agent"],
  additionalProperties: false,
  properties: {
    agent: { type: "string", minLength: 1, description: "`name`, or `name@v7` for one version" },
    tag: { ...text, description: "left out: the default entrypoint" },
    input: { description: "any JSON; left out: `{}`" },
    session: text,
    user: text,
    timeout: { type: ["number", "null"], exclusiveMinimum: 0, description: "seconds, at most the config's `timeout`" },
    background: { type: ["boolean", "null"], description: "answer `202` at once" },
    metadata: { type: ["object", "null"], description: "kept with the run, never given to the function" },
    version: text,
    start_at: { ...text, description: "not built yet: a value is refused" },
    webhook: { type: ["object", "null"], description: "not built yet: a value is refused" },
  },
} as const;
export type RunEnvelope = FromSchema<typeof RUN_ENVELOPE>;

export const BATCH_ENVELOPE = {
  type: "object",
  required: ["agent", "items"],
  additionalProperties: false,
  properties: {
    agent: { type: "string", minLength: 1, description: "`name`, or `name@v7` for one version" },
    tag: { ...text, description: "left out: the default entrypoint" },
    items: { type: "array", description: "one run per item; each is an input" },
    concurrency: { type: ["integer", "null"], minimum: 1, description: "how many of them run at a time" },
    version: text,
  },
} as const;
export type BatchEnvelope = FromSchema<typeof BATCH_ENVELOPE>;

export const CANCEL_BODY = {
  type: "object",
  additionalProperties: false,
  properties: { reason: { type: ["string", "null"] } },
} as const;
export type CancelBody = FromSchema<typeof CANCEL_BODY>;

export const RESUME_BODY = {
  type: "object",
  required: ["value"],
  additionalProperties: false,
  properties: { value: { description: "the answer to what the run asked; any JSON" } },
} as const;
export type ResumeBody = FromSchema<typeof RESUME_BODY>;

/** Of requests that need no body: nothing, or `{}`. */
export const EMPTY_BODY = { type: "object", additionalProperties: false } as const;
export type EmptyBody = FromSchema<typeof EMPTY_BODY>;

export const FORK_BODY = {
  type: "object",
  additionalProperties: false,
  properties: {
    id: { ...text, description: "of the new session; left out: one is made" },
    at: { ...text, description: "a run: the state as it was after it; left out: now" },
  },
} as const;
export type ForkBody = FromSchema<typeof FORK_BODY>;

export const LOGIN_BODY = {
  type: "object",
  required: ["code"],
  additionalProperties: false,
  properties: { code: { type: "string", minLength: 1, maxLength: 100 } },
} as const;
export type LoginBody = FromSchema<typeof LOGIN_BODY>;

export const KEY_BODY = {
  type: "object",
  additionalProperties: false,
  properties: {
    scopes: {
      type: ["array", "null"],
      minItems: 1,
      uniqueItems: true,
      items: { type: "string", enum: SCOPES },
      description: "left out: `run`",
    },
    agents: {
      type: ["array", "null"],
      minItems: 1,
      maxItems: 100,
      items: { type: "string", minLength: 1 },
      description: "left out: every agent",
    },
    expires_in: { type: ["number", "null"], exclusiveMinimum: 0, description: "seconds; left out: never" },
    rate: { type: ["number", "null"], exclusiveMinimum: 0, description: "calls in a second; left out: no limit" },
    concurrency: { type: ["integer", "null"], minimum: 1, description: "runs at a time; left out: no limit" },
  },
} as const;
export type KeyBody = FromSchema<typeof KEY_BODY>;

export const SECRET_BODY = {
  type: "object",
  required: ["value"],
  additionalProperties: false,
  properties: { value: { type: "string" } },
} as const;
export type SecretBody = FromSchema<typeof SECRET_BODY>;

export const DEPLOY_BODY = {
  type: "object",
  required: ["files"],
  additionalProperties: false,
  properties: {
    files: {
      type: "array",
      minItems: 1,
      maxItems: 20_000,
      items: {
        type: "object",
        required: ["path", "digest", "size", "mode"],
        additionalProperties: false,
        properties: {
          path: { type: "string", minLength: 1, description: "relative, with forward slashes" },
          digest: { type: "string", pattern: "^sha256:[0-9a-f]{64}$" },
          size: { type: "integer", minimum: 0 },
          mode: { type: "integer", minimum: 0, maximum: 0o777, description: "permission bits" },
        },
      },
    },
    folder: {
      type: "string",
      description:
        "where the agent's folder is in the bundle, when more was bundled (`build.root`); left out: it is the whole",
    },
    message: { ...text, description: "what this version is about" },
    left_out: { type: "array", items: { type: "string" }, description: "what the bundle was made without; told again" },
  },
} as const;
export type DeployBody = FromSchema<typeof DEPLOY_BODY>;

export const DIGESTS_BODY = {
  type: "object",
  required: ["digests"],
  additionalProperties: false,
  properties: { digests: { type: "array", maxItems: 20_000, items: { type: "string" } } },
} as const;
export type DigestsBody = FromSchema<typeof DIGESTS_BODY>;

const bound = { type: ["integer", "null"], minimum: 0 } as const;

export const SCALE_BODY = {
  type: "object",
  minProperties: 1,
  additionalProperties: false,
  properties: { min_instances: bound, max_instances: { ...bound, minimum: 1 } },
} as const;
export type ScaleBody = FromSchema<typeof SCALE_BODY>;
