/** Whatever was thrown becomes the body of an `error` frame (G2): a code of the catalogue, the type, the user's frames. */
import { inspect } from "node:util";
import { type ErrorCode, type PointedError, problem, RunAgentError, type WorkerError } from "@runagent/protocol";
import { tracebackOf } from "./stack.ts";

export function workerError(thrown: unknown, code: ErrorCode = "AGENT_ERROR"): WorkerError {
  if (thrown instanceof RunAgentError) return fromOurs(thrown);
  const traceback = tracebackOf(thrown);
  const type = typeName(thrown);
  return {
    code,
    detail: messageOf(thrown) || type,
    type,
    ...(traceback === undefined ? {} : { traceback }),
  };
}

/** An error among the items of a batch. */
export function errorItem(error: Error): { readonly error: unknown } {
  const { detail, type, traceback } = workerError(error);
  return {
    error: problem("AGENT_ERROR", detail, { exception: type, ...(traceback === undefined ? {} : { traceback }) }),
  };
}

export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message);
    return typeof thrown === "string" ? thrown : inspect(thrown);
  } catch {
    return "an error that cannot be shown"; // its getters throw
  }
}

export function isError(value: unknown): value is Error {
  return value instanceof Error;
}

function fromOurs(error: RunAgentError): WorkerError {
  const { detail, traceback, errors, hint } = error.problem;
  const { files, missing } = error.problem;
  const cause = error.cause === undefined ? undefined : tracebackOf(error.cause);
  return {
    code: error.code,
    detail,
    hint,
    ...optional("traceback", traceback ?? cause),
    ...optional("errors", errors satisfies readonly PointedError[] | undefined),
    ...(isTexts(files) ? { files } : {}),
    ...(isTexts(missing) ? { missing } : {}),
  };
}

function optional<K extends string, T>(key: K, value: T | undefined): { readonly [k in K]?: T } {
  if (value === undefined) return {};
  const one: { [k in K]?: T } = {};
  one[key] = value;
  return one;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function typeName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return thrown === null ? "null" : typeof thrown;
  const own = typeof thrown.name === "string" && thrown.name !== "" ? thrown.name : "Error";
  if (own !== "Error") return own;
  const maker: unknown = thrown.constructor;
  return typeof maker === "function" && maker.name !== "" ? maker.name : own;
}
