/** What a field wants, in a word or two. */
import type { Field } from "./fields.ts";

export function kindOf(field: Field): string {
  switch (field.kind) {
    case "text":
      return field.format ?? "text";
    case "number":
      return [field.whole ? "integer" : "number", field.bounds].filter(Boolean).join(", ");
    case "variants":
      return "one of several";
    case "json":
      return "JSON";
    case "boolean":
    case "choice":
    case "object":
    case "list":
      return field.kind;
  }
}
