/**
 * From JSON Schema to TypeScript, as text. What a schema says beyond a type's shape (lengths, patterns, formats) is left
 * to the server; what it does not say is `unknown`. Named parts (`$defs`) become declarations of their own, so that a
 * schema may contain itself.
 */
import { comments, memberName, typeName } from "./names.ts";

type Schema = Readonly<Record<string, unknown>>;

export class SchemaTypes {
  readonly #taken: Set<string>;
  readonly #declarations: string[] = [];

  /** `taken`: names that other declarations have. */
  constructor(taken: Set<string>) {
    this.#taken = taken;
  }

  /** Everything that was declared so far, in order. */
  get declarations(): readonly string[] {
    return this.#declarations;
  }

  /** Declares a schema, under this name or one like it; the result is its name. */
  declare(wanted: string, schema: unknown, about: string): string {
    const name = this.free(wanted);
    this.add(name, new Document(this, schema, name).type(schema, 0), about);
    return name;
  }

  free(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.#taken.has(name); n += 1) name = `${wanted}${n}`;
    this.#taken.add(name);
    return name;
  }

  add(name: string, text: string, about: string): void {
    const comment = about === "" ? "" : `/** ${comments(about)} */\n`;
    this.#declarations.push(`${comment}export type ${name} = ${text};`);
  }
}

/** One schema with the definitions that stand in it. */
class Document {
  readonly #types: SchemaTypes;
  readonly #root: unknown;
  readonly #name: string;
  /** `#/$defs/Node` → the name of its declaration. */
  readonly #named = new Map<string, string>();

  constructor(types: SchemaTypes, root: unknown, name: string) {
    this.#types = types;
    this.#root = root;
    this.#name = name;
  }

  type(schema: unknown, depth: number): string {
    if (schema === false) return "never";
    if (!isSchema(schema) || depth > DEEPEST) return "unknown";
    const { $ref, allOf } = schema;
    const parts: readonly (string | null)[] = [
      typeof $ref === "string" ? this.#reference($ref) : null,
      ...(Array.isArray(allOf) ? allOf.map((one) => this.type(one, depth + 1)) : []),
      this.#choice(schema, depth),
      this.#own(schema, depth),
    ];
    const said = parts.filter((one) => one !== null).filter((one) => one !== "unknown");
    return joined([...new Set(said)], "&") ?? "unknown";
  }

  #choice(schema: Schema, depth: number): string | null {
    const { anyOf, oneOf } = schema;
    const all = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : null;
    if (all === null) return null;
    const types = all.map((one) => this.type(inContext(one, schema), depth + 1));
    return types.includes("unknown") ? null : joined([...new Set(types)], "|");
  }

  #own(schema: Schema, depth: number): string | null {
    if ("const" in schema) return literal(schema.const);
    if (Array.isArray(schema.enum)) return joined(schema.enum.map(literal), "|") ?? "never";
    const { type } = schema;
    const names = Array.isArray(type) ? type : typeof type === "string" ? [type] : [implied(schema)];
    const types = names.map((name) => this.#simple(String(name), schema, depth));
    return types.includes("unknown") ? null : joined([...new Set(types)], "|");
  }

  #simple(type: string, schema: Schema, depth: number): string {
    switch (type) {
      case "string":
      case "boolean":
      case "null":
        return type;
      case "integer":
      case "number":
        return "number";
      case "array":
        return this.#array(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return "unknown";
    }
  }

  #array({ items, prefixItems }: Schema, depth: number): string {
    if (!Array.isArray(prefixItems)) return `readonly ${wrapped(this.type(items, depth + 1))}[]`;
    const first = prefixItems.map((one) => this.type(one, depth + 1));
    const rest = items === false ? [] : [`...${wrapped(this.type(items, depth + 1))}[]`];
    return `readonly [${[...first, ...rest].join(", ")}]`;
  }

  #object(schema: Schema, depth: number): string {
    const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
    const required = Array.isArray(schema.required) ? schema.required : [];
    const { additionalProperties: others } = schema;
    const more = others === undefined || others === false ? null : this.type(others, depth + 1);
    if (properties.length === 0) return more === null && others === false ? "Record<string, never>" : record(more);
    const pad = "  ".repeat(depth + 1);
    const members = properties.map(([name, value]) => {
      const about = descriptionOf(value);
      const comment = about === "" ? "" : `${pad}/** ${comments(about)} */\n`;
      return `${comment}${pad}readonly ${memberName(name)}${required.includes(name) ? "" : "?"}: ${this.type(value, depth + 1)};`;
    });
    const shape = `{\n${members.join("\n")}\n${"  ".repeat(depth)}}`;
    return more === null || more === "unknown" ? shape : `(${shape} & ${record(more)})`;
  }

  #reference(ref: string): string {
    if (ref === "#") return this.#name;
    const known = this.#named.get(ref);
    if (known !== undefined) return known;
    const found = partAt(this.#root, ref);
    if (!isSchema(found)) return "unknown";
    const name = this.#types.free(typeName(`${this.#name} ${ref.slice(ref.lastIndexOf("/") + 1)}`));
    this.#named.set(ref, name); // before it is read: it may contain itself
    this.#types.add(name, this.type(found, 0), descriptionOf(found));
    return name;
  }
}

/** Deeper ones are `unknown`. */
const DEEPEST = 24;

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const descriptionOf = (schema: unknown): string =>
  isSchema(schema) && typeof schema.description === "string" ? schema.description : "";

function implied(schema: Schema): string {
  if ("properties" in schema || "additionalProperties" in schema) return "object";
  return "items" in schema || "prefixItems" in schema ? "array" : "any";
}

/** `#/$defs/Node` of the whole. */
function partAt(root: unknown, ref: string): unknown {
  if (!ref.startsWith("#/")) return undefined;
  const keys = ref
    .slice(2)
    .split("/")
    .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"));
  return keys.reduce<unknown>((at, key) => (isSchema(at) && Object.hasOwn(at, key) ? at[key] : undefined), root);
}

/** A choice that only says which members are required means those of the schema that it stands in. */
function inContext(choice: unknown, { properties }: Schema): unknown {
  if (!isSchema(choice) || !isSchema(properties) || "properties" in choice || !Array.isArray(choice.required))
    return choice;
  const { required } = choice;
  const named = Object.entries(properties).filter(([name]) => required.includes(name));
  return { type: "object", properties: Object.fromEntries(named), ...choice };
}

const literal = (value: unknown): string =>
  value === null || ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : "unknown";

const record = (value: string | null): string => `Readonly<Record<string, ${value ?? "unknown"}>>`;

const joined = (types: readonly string[], by: "|" | "&"): string | null =>
  types.length === 0 ? null : types.length === 1 ? (types[0] ?? null) : `(${types.join(` ${by} `)})`;

const wrapped = (type: string): string => (/^[\w"]+$/.test(type) || type.startsWith("(") ? type : `(${type})`);
