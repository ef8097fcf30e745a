/** The mistakes that Ajv found, as pointers at the offending member (RFC 6901), each once, at most `pointed_errors`. */
import { LIMITS, type PointedError } from "@runagent/protocol";
import type { ErrorObject } from "ajv";

export function pointedErrors(errors: readonly ErrorObject[] | null | undefined): readonly PointedError[] {
  const seen = new Map<string, PointedError>();
  for (const error of errors ?? []) {
    const pointed = pointedError(error);
    seen.set(`${pointed.pointer}\n${pointed.detail}`, pointed);
    if (seen.size === LIMITS.pointed_errors.value) break;
  }
  return [...seen.values()];
}

function pointedError({ instancePath, keyword, message, params }: ErrorObject): PointedError {
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
