/** What a JSON Schema validator found, as pointers at the offending member (RFC 6901), each once, at most `pointed_errors`. */
import type { PointedError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** One mistake, in the words of Ajv. */
export interface SchemaMistake {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

export function pointedErrors(errors: readonly SchemaMistake[] | null | undefined): readonly PointedError[] {
  const seen = new Map<string, PointedError>();
  for (const error of errors ?? []) {
    const pointed = pointedError(error);
    seen.set(`${pointed.pointer}\n${pointed.detail}`, pointed);
    if (seen.size === LIMITS.pointed_errors.value) break;
  }
  return [...seen.values()];
}

function pointedError({ instancePath, keyword, message, params }: SchemaMistake): PointedError {
  switch (keyword) {
    case "required":
    case "dependentRequired":
      return { pointer: member(instancePath, params.missingProperty), detail: "required" };
    case "additionalProperties":
      return { pointer: member(instancePath, params.additionalProperty), detail: "unknown" };
    case "unevaluatedProperties":
      return { pointer: member(instancePath, params.unevaluatedProperty), detail: "unknown" };
    case "propertyNames":
      return { pointer: member(instancePath, params.propertyName), detail: message ?? "not allowed as a name" };
    case "enum":
      return { pointer: instancePath, detail: `${message ?? "must be one of"}: ${listed(params.allowedValues)}` };
    default:
      return { pointer: instancePath, detail: message ?? keyword };
  }
}

function member(path: string, name: unknown): string {
  return `${path}/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function listed(values: unknown): string {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)).join(", ") : "";
}
