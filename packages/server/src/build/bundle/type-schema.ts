/**
 * From TypeScript types to JSON Schema 2020-12. Permissive on purpose: what a type does not say for sure is not asked of
 * the caller (`any`, functions, classes of libraries, generics that stay open become `true`).
 */
import ts from "typescript-api";

type Schema = true | { [keyword: string]: unknown };

export class SchemaReader {
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  /** Of `run` or `Class.method`; null when there is nothing to read. */
  read(source: ts.SourceFile, module: string): { input?: Schema; output?: Schema } | null {
    const type = this.#typeOf(source, module.split("."));
    const signature = type?.getCallSignatures().at(-1);
    if (signature === undefined) return null;
    const parameter = signature.getParameters()[0];
    const input = parameter === undefined ? true : this.#convert(this.#checker.getTypeOfSymbol(parameter), source);
    const output = this.#convert(this.#returned(signature), source);
    return { ...(input === true ? {} : { input }), ...(output === true ? {} : { output }) };
  }

  #convert(type: ts.Type, node: ts.Node): Schema {
    return new Conversion(this.#checker, node).whole(type);
  }

  #typeOf(source: ts.SourceFile, names: readonly string[]): ts.Type | null {
    const checker = this.#checker;
    const module = checker.getSymbolAtLocation(source);
    const [first = "", ...rest] = names;
    let symbol = module && checker.getExportsOfModule(module).find((one) => one.name === first);
    if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    if (symbol === undefined) return null;
    let type =
      symbol.flags & ts.SymbolFlags.Class ? checker.getDeclaredTypeOfSymbol(symbol) : checker.getTypeOfSymbol(symbol);
    for (const name of rest) {
      const member = type.getProperty(name);
      if (member === undefined) return null;
      type = checker.getTypeOfSymbol(member);
    }
    return type;
  }

  /** What is awaited; of generators and streams nothing is said. */
  #returned(signature: ts.Signature): ts.Type {
    const type = signature.getReturnType();
    return this.#checker.getAwaitedType(type) ?? type;
  }
}

/** Types of libraries can be endless: beyond so many, nothing more is said. */
const MOST_TYPES = 1000;

/** Names of types of the language that leave as something else than their members. */
const LEAVES_AS: Readonly<Record<string, Schema>> = {
  Date: { type: "string", format: "date-time" },
  URL: { type: "string" },
  Uint8Array: { type: "string" },
  Buffer: { type: "string" },
};

class Conversion {
  readonly #checker: ts.TypeChecker;
  readonly #node: ts.Node;
  readonly #names = new Map<ts.Type, string>();
  readonly #open = new Set<ts.Type>();
  readonly #defs: Record<string, Schema> = {};
  #seen = 0;

  constructor(checker: ts.TypeChecker, node: ts.Node) {
    this.#checker = checker;
    this.#node = node;
  }

  whole(type: ts.Type): Schema {
    const schema = this.#type(type);
    if (schema === true || this.#names.size === 0) return schema;
    return { ...schema, $defs: this.#defs };
  }

  #type(type: ts.Type): Schema {
    const { flags } = type;
    this.#seen += 1;
    if (this.#seen > MOST_TYPES) return true;
    if (type.isUnion()) return this.#union(type.types);
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral) return { const: this.#checker.typeToString(type) === "true" };
    if (flags & ts.TypeFlags.StringLike) return { type: "string" };
    if (flags & ts.TypeFlags.NumberLike) return { type: "number" };
    if (flags & ts.TypeFlags.BigIntLike) return { type: "integer" };
    if (flags & ts.TypeFlags.BooleanLike) return { type: "boolean" };
    if (flags & ts.TypeFlags.Null) return { type: "null" };
    if (flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) return this.#named(type);
    return true;
  }

  /** A type that holds itself is said once and referred to. */
  #named(type: ts.Type): Schema {
    if (this.#open.has(type)) {
      const name =
        this.#names.get(type) ?? `${type.aliasSymbol?.name ?? type.symbol?.name ?? "T"}_${this.#names.size + 1}`;
      this.#names.set(type, name);
      return { $ref: `#/$defs/${name}` };
    }
    this.#open.add(type);
    const schema = this.#object(type);
    this.#open.delete(type);
    const name = this.#names.get(type);
    if (name === undefined) return schema;
    this.#defs[name] = schema;
    return { $ref: `#/$defs/${name}` };
  }

  #object(type: ts.Type): Schema {
    const checker = this.#checker;
    if (checker.isTupleType(type)) return { type: "array" };
    if (checker.isArrayType(type)) {
      const item = checker.getTypeArguments(type as ts.TypeReference)[0]; // what `isArrayType` has just said
      return item === undefined ? { type: "array" } : { type: "array", items: this.#type(item) };
    }
    if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return true;
    const library = type.symbol?.declarations?.some((one) => one.getSourceFile().hasNoDefaultLib) ?? false;
    if (library || type.symbol?.name === "Buffer") return this.#ofLanguage(type);
    return this.#members(type);
  }

  #ofLanguage(type: ts.Type): Schema {
    const name = type.symbol?.name ?? "";
    return LEAVES_AS[name] ?? (type.aliasSymbol === undefined ? true : this.#members(type));
  }

  #members(type: ts.Type): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const member of type.getProperties()) {
      if (member.name.startsWith("__@")) continue; // a symbol is no JSON name
      const its = this.#checker.getTypeOfSymbolAtLocation(member, this.#node);
      if (its.getCallSignatures().length > 0) continue;
      properties[member.name] = describedBy(member, this.#type(its), this.#checker);
      if (!isOptional(member, its)) required.push(member.name);
    }
    const rest = type.getStringIndexType();
    return {
      type: "object",
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(rest === undefined ? {} : { additionalProperties: this.#type(rest) }),
    };
  }

  #union(types: readonly ts.Type[]): Schema {
    const present = types.filter((one) => !(one.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)));
    const both = present.filter((one) => one.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const schemas = present
      .filter((one) => !both || !(one.flags & ts.TypeFlags.BooleanLiteral))
      .map((one) => this.#type(one));
    if (both) schemas.push({ type: "boolean" });
    if (schemas.length === 0 || schemas.includes(true)) return true;
    const [only] = schemas;
    if (schemas.length === 1 && only !== undefined) return only;
    const values = schemas.map((one) => (one === true ? undefined : one.const));
    return values.every((value) => value !== undefined) ? { enum: values } : { anyOf: schemas };
  }
}

function isOptional(member: ts.Symbol, type: ts.Type): boolean {
  if (member.flags & ts.SymbolFlags.Optional) return true;
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Undefined)) return true;
  return type.isUnion() && type.types.some((one) => (one.flags & ts.TypeFlags.Undefined) !== 0);
}

function describedBy(member: ts.Symbol, schema: Schema, checker: ts.TypeChecker): Schema {
  const text = ts.displayPartsToString(member.getDocumentationComment(checker)).trim();
  return text === "" || schema === true ? schema : { ...schema, description: text };
}
