/**
 * Where a value comes from, as text: `langgraph.graph.StateGraph().compile()` is what a method of an instance of a class
 * of that module returned. Followed through the project's own files, functions and classes; null when it is lost.
 */
import type { ClassOutline, Definition, Expression, FunctionOutline } from "./outline.ts";
import type { Project } from "./project.ts";

export type Value =
  | { readonly kind: "outside"; readonly origin: string }
  | { readonly kind: "module"; readonly file: string }
  | { readonly kind: "function"; readonly file: string; readonly outline: FunctionOutline }
  | { readonly kind: "class"; readonly file: string; readonly outline: ClassOutline }
  | { readonly kind: "instance"; readonly file: string; readonly outline: ClassOutline };

export interface Scope {
  readonly file: string;
  /** Of the function in which the expression stands. */
  readonly locals?: readonly Definition[];
  /** The definition that is being read: an earlier one of the same name is meant by it. */
  readonly before?: Definition;
}

/** So many steps are followed at a time: code that leads further, or in a circle, is lost. */
const STEPS = 40;

export class Origins {
  readonly #project: Project;
  #depth = 0;

  constructor(project: Project) {
    this.#project = project;
  }

  /** The origin of an expression's value; an instance of an own class counts as one of its first known base. */
  of(expression: Expression, scope: Scope): string | null {
    return this.#origin(this.value(expression, scope));
  }

  ofDefinition(definition: Definition, scope: Scope): string | null {
    const made = this.of(definition.value, { ...scope, before: definition });
    return made ?? this.#ofHint(definition.hint, scope);
  }

  /** What a function returns, each origin that can be told. */
  returned(outline: FunctionOutline, file: string): string[] {
    const scope = { file, locals: outline.locals };
    const made = outline.returns.flatMap((one) => this.of(one, scope) ?? []);
    return made.length > 0 ? made : [this.#ofHint(outline.hint, { file })].filter((one) => one !== null);
  }

  /** Of the classes outside from which an own class is made. */
  bases(outline: ClassOutline, file: string): string[] {
    return outline.bases.flatMap((base) => {
      const value = this.value(base, { file });
      if (value?.kind === "outside") return [value.origin];
      return value?.kind === "class" && value.outline !== outline ? this.bases(value.outline, value.file) : [];
    });
  }

  value(expression: Expression, scope: Scope): Value | null {
    if (expression === null) return null;
    return this.#deeper(() => {
      switch (expression[0]) {
        case "name":
          return this.#name(expression[1], scope);
        case "member":
          return this.#member(this.value(expression[1], scope), expression[2]);
        case "call":
          return this.#called(this.value(expression[1], scope));
        case "pipe":
          return this.#pipe(expression[1], scope);
      }
    });
  }

  #deeper<T>(read: () => T | null): T | null {
    if (this.#depth > STEPS) return null;
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  #origin(value: Value | null): string | null {
    if (value?.kind === "outside") return value.origin;
    if (value?.kind !== "instance") return null;
    const [base] = this.bases(value.outline, value.file);
    return base === undefined ? null : `${base}()`;
  }

  #ofHint(hint: Expression, scope: Scope): string | null {
    const value = this.value(hint, { file: scope.file });
    return value?.kind === "outside" ? `${value.origin}()` : null;
  }

  #name(name: string, scope: Scope): Value | null {
    const local = lastBefore(scope.locals ?? [], name, scope.before);
    if (local !== undefined) return this.#defined(local, scope);
    const outline = this.#project.outline(scope.file);
    if (outline === undefined) return null;
    const file = scope.file;
    const definition = lastBefore(outline.definitions, name, scope.before);
    if (definition !== undefined) return this.#defined(definition, { file });
    const made = outline.functions.find((one) => one.name === name);
    if (made !== undefined) return { kind: "function", file, outline: made };
    const kind = outline.classes.find((one) => one.name === name);
    if (kind !== undefined) return { kind: "class", file, outline: kind };
    return this.#imported(name, file);
  }

  #defined(definition: Definition, scope: Scope): Value | null {
    const value = this.value(definition.value, { ...scope, before: definition });
    if (value !== null) return value;
    const origin = this.#ofHint(definition.hint, scope);
    return origin === null ? null : { kind: "outside", origin };
  }

  #imported(local: string, from: string): Value | null {
    const outline = this.#project.outline(from);
    if (outline === undefined || !Object.hasOwn(outline.imports, local)) return null;
    const found = outline.imports[local];
    if (found === undefined) return null;
    const { module, name } = found;
    if (name !== null) {
      const file = this.#project.submodule(module, name, from);
      if (file !== undefined) return { kind: "module", file };
    }
    const file = this.#project.file(module, from);
    if (file !== undefined) return name === null ? { kind: "module", file } : this.#exported(name, file);
    if (this.#project.isOwnPackage(module, from)) return null;
    return { kind: "outside", origin: name === null ? module : `${module}.${name}` };
  }

  /** A TypeScript module may give its names out under others. */
  #exported(name: string, file: string): Value | null {
    const { exports = {} } = this.#project.outline(file) ?? {};
    const local = Object.hasOwn(exports, name) ? (exports[name] ?? name) : name;
    return this.#deeper(() => this.#name(local, { file }));
  }

  #member(of: Value | null, name: string): Value | null {
    switch (of?.kind) {
      case "outside":
        return { kind: "outside", origin: `${of.origin}.${name}` };
      case "module": {
        const file = this.#project.submodule(".", name, of.file);
        return this.#exported(name, of.file) ?? (file === undefined ? null : { kind: "module", file });
      }
      case "class":
      case "instance": {
        const method = of.outline.methods.find((one) => one.name === name);
        if (method !== undefined) return { kind: "function", file: of.file, outline: method };
        const attribute = of.outline.attributes.find((one) => one.name === name);
        if (attribute !== undefined) return this.value(attribute.value, { file: of.file, locals: of.outline.locals });
        const [base] = this.bases(of.outline, of.file);
        return base === undefined ? null : { kind: "outside", origin: `${base}().${name}` };
      }
      default:
        return null;
    }
  }

  #called(of: Value | null): Value | null {
    switch (of?.kind) {
      case "outside":
        return { kind: "outside", origin: `${of.origin}()` };
      case "class":
        return { kind: "instance", file: of.file, outline: of.outline };
      case "function": {
        const [origin] = this.returned(of.outline, of.file);
        return origin === undefined ? null : { kind: "outside", origin };
      }
      default:
        return null;
    }
  }

  /** `prompt | model`: only what is made of something of LangChain's is a runnable. `A | B` of classes is a type. */
  #pipe(parts: readonly Expression[], scope: Scope): Value | null {
    const origins = parts.map((part) => this.of(part, scope) ?? "");
    const runnable = origins.some((origin) => /^langchain/.test(origin) && origin.includes("("));
    return runnable ? { kind: "outside", origin: "langchain_core.runnables.RunnableSequence()" } : null;
  }
}

function lastBefore(all: readonly Definition[], name: string, before: Definition | undefined): Definition | undefined {
  const at = before === undefined ? -1 : all.indexOf(before);
  const seen = at < 0 ? all : all.slice(0, at);
  return (
    seen.findLast((one) => one.name === name) ??
    (at < 0 ? undefined : all.find((one) => one.name === name && one !== before))
  );
}
