/**
 * What a form shows for a JSON Schema. A part that no form can show becomes a field for JSON, so every schema has a form.
 * References are followed when a part is looked at: a schema may contain itself.
 */
import { brief, isRecord } from "../parts/json.ts";

interface About {
  readonly title: string | null;
  readonly description: string | null;
  /** JSON text. */
  readonly preset: string | null;
  /** `null` is allowed beside what the field says. */
  readonly nullable: boolean;
}

export interface Member {
  readonly name: string;
  readonly required: boolean;
  readonly field: () => Field;
}

export type Field = About &
  (
    | { readonly kind: "text"; readonly long: boolean; readonly format: string | null }
    | { readonly kind: "number"; readonly whole: boolean; readonly bounds: string | null }
    | { readonly kind: "boolean" }
    /** Each value as JSON text, beside what is read. */
    | { readonly kind: "choice"; readonly values: readonly { readonly text: string; readonly label: string }[] }
    | { readonly kind: "object"; readonly members: readonly Member[] }
    | { readonly kind: "list"; readonly item: () => Field }
    | {
        readonly kind: "variants";
        readonly variants: readonly { readonly label: string; readonly field: () => Field }[];
      }
    | { readonly kind: "json" }
  );

type Schema = Readonly<Record<string, unknown>>;

export function fieldOf(schema: unknown): Field {
  return read(schema, schema);
}

function read(part: unknown, root: unknown): Field {
  const schema = resolved(part, root);
  const branches = branchesOf(schema);
  const isNull = (one: unknown): boolean => resolved(one, root).type === "null";
  const others = branches.filter((one) => !isNull(one));
  const only = others.length === 1 && others.length <= branches.length ? others[0] : undefined;
  if (only !== undefined) {
    const inner = read(only, root);
    const about = aboutOf(schema);
    return {
      ...inner,
      title: about.title ?? inner.title,
      description: about.description ?? inner.description,
      preset: about.preset ?? inner.preset,
      nullable: inner.nullable || others.length < branches.length,
    };
  }
  if (others.length > 1) return variants(schema, others, root);
  return ofType(schema, root);
}

function ofType(schema: Schema, root: unknown): Field {
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  const rest = types.filter((type) => type !== "null");
  const about = { ...aboutOf(schema), nullable: rest.length < types.length };
  if (Array.isArray(schema.enum)) return { ...about, kind: "choice", values: schema.enum.map(choice) };
  if ("const" in schema) return { ...about, kind: "choice", values: [choice(schema.const)] };
  if (rest.length > 1) return { ...about, kind: "json" };
  switch (rest[0] ?? guessed(schema)) {
    case "string":
      return { ...about, kind: "text", long: isLong(schema), format: textOf(schema.format) };
    case "integer":
      return { ...about, kind: "number", whole: true, bounds: boundsOf(schema) };
    case "number":
      return { ...about, kind: "number", whole: false, bounds: boundsOf(schema) };
    case "boolean":
      return { ...about, kind: "boolean" };
    case "array":
      return isRecord(schema.items)
        ? { ...about, kind: "list", item: () => read(schema.items, root) }
        : { ...about, kind: "json" };
    case "object":
      return object(schema, about, root);
    default:
      return { ...about, kind: "json" };
  }
}

const guessed = (schema: Schema): string | undefined =>
  isRecord(schema.properties) ? "object" : isRecord(schema.items) ? "array" : undefined;

function object(schema: Schema, about: About, root: unknown): Field {
  const properties = isRecord(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required : [];
  const names = Object.keys(properties);
  // Free members and nothing else: an object that only JSON can say.
  if (names.length === 0 && schema.additionalProperties !== false) return { ...about, kind: "json" };
  const members = names.map((name) => ({
    name,
    required: required.includes(name),
    field: () => read(properties[name], root),
  }));
  return { ...about, kind: "object", members };
}

function variants(schema: Schema, others: readonly unknown[], root: unknown): Field {
  const label = (part: unknown, index: number): string => {
    const one = resolved(part, root);
    return textOf(one.title) ?? textOf(one.const) ?? textOf(one.type) ?? `form ${index + 1}`;
  };
  const list = others.map((part, index) => ({ label: label(part, index), field: () => read(part, root) }));
  return { ...aboutOf(schema), nullable: others.length < branchesOf(schema).length, kind: "variants", variants: list };
}

/** Branches that only say which members belong together leave the form as it is. */
function branchesOf(schema: Schema): readonly unknown[] {
  const branches = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : [];
  return branches.some((one) => isRecord(one) && SHAPES.some((word) => word in one)) ? branches : [];
}

const SHAPES = ["type", "$ref", "properties", "enum", "const", "items", "anyOf", "oneOf", "allOf"];

/** The schema itself: `$ref` followed, `allOf` laid over one another. */
function resolved(part: unknown, root: unknown, depth = 0): Schema {
  if (!isRecord(part) || depth > DEEPEST) return {};
  const { $ref, allOf, ...own } = part;
  const parts = [
    ...(typeof $ref === "string" ? [resolved(pointed($ref, root), root, depth + 1)] : []),
    ...(Array.isArray(allOf) ? allOf.map((one) => resolved(one, root, depth + 1)) : []),
  ];
  return [...parts, own].reduce(laid, {});
}

const DEEPEST = 16;

function laid(under: Schema, over: Schema): Schema {
  const both: Record<string, unknown> = { ...under, ...over };
  if (isRecord(under.properties) && isRecord(over.properties))
    both.properties = { ...under.properties, ...over.properties };
  if (Array.isArray(under.required) && Array.isArray(over.required))
    both.required = [...under.required, ...over.required];
  return both;
}

function pointed(ref: string, root: unknown): unknown {
  if (!ref.startsWith("#")) return undefined;
  const steps = ref.slice(1).split("/").slice(1);
  const name = (step: string): string => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  return steps.reduce<unknown>((at, step) => (isRecord(at) ? at[name(step)] : undefined), root);
}

function aboutOf(schema: Schema): About {
  const preset = "default" in schema ? (JSON.stringify(schema.default) ?? null) : null;
  return { title: textOf(schema.title), description: textOf(schema.description), preset, nullable: false };
}

const choice = (value: unknown): { text: string; label: string } => ({
  text: JSON.stringify(value) ?? "null",
  label: brief(value, 60),
});
const textOf = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

const isLong = (schema: Schema): boolean =>
  schema.format === undefined &&
  schema.pattern === undefined &&
  !(typeof schema.maxLength === "number" && schema.maxLength <= 120);

function boundsOf(schema: Schema): string | null {
  const { minimum, maximum } = schema;
  if (typeof minimum === "number" && typeof maximum === "number") return `${minimum} to ${maximum}`;
  if (typeof minimum === "number") return `at least ${minimum}`;
  return typeof maximum === "number" ? `at most ${maximum}` : null;
}
