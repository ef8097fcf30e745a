/** The outline of a TypeScript or JavaScript file, by the compiler's parser alone: no types, no other file, no code is run. */
import ts from "typescript-api";
import type { ClassOutline, Definition, Expression, FunctionOutline, Outline } from "./outline.ts";
import {
  expression,
  hasModifier,
  hintOf,
  importedName,
  isExported,
  isModelName,
  namesIn,
  needs,
  ownNodes,
  plain,
  registeredAgents,
  requiredModule,
  variableOf,
} from "./typescript-nodes.ts";

export function outlineOf(file: string, text: string): Outline {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false, kindOf(file));
  const reader = new Reader(source);
  for (const statement of source.statements) reader.statement(statement);
  reader.everywhere(source);
  return reader.outline(file);
}

const kindOf = (file: string): ts.ScriptKind => {
  if (/x$/.test(file)) return ts.ScriptKind.TSX;
  return /\.[cm]?js$/.test(file) ? ts.ScriptKind.JSX : ts.ScriptKind.TS;
};

class Reader {
  readonly #source: ts.SourceFile;
  readonly #imports: Record<string, { module: string; name: string | null }> = {};
  readonly #definitions: Definition[] = [];
  readonly #functions: FunctionOutline[] = [];
  readonly #classes: ClassOutline[] = [];
  readonly #calls: { on: string; value: Expression; uses: string[] }[] = [];
  readonly #exports: Record<string, string> = {};
  readonly #variables = new Set<string>();
  readonly #models = new Set<string>();

  constructor(source: ts.SourceFile) {
    this.#source = source;
  }

  outline(file: string): Outline {
    return {
      file,
      imports: this.#imports,
      definitions: this.#definitions,
      functions: this.#functions,
      classes: this.#classes,
      calls: this.#calls,
      exports: this.#exports,
      variables: [...this.#variables],
      models: [...this.#models],
      error: null,
    };
  }

  statement(node: ts.Statement): void {
    if (ts.isImportDeclaration(node)) this.#import(node);
    else if (ts.isVariableStatement(node)) this.#variablesOf(node);
    else if (ts.isFunctionDeclaration(node)) this.#functionOf(node);
    else if (ts.isClassDeclaration(node)) this.#classOf(node);
    else if (ts.isExportDeclaration(node)) this.#reexport(node);
    else if (ts.isExportAssignment(node)) this.#define("default", node.expression, { node, exported: "default" });
    else if (ts.isExpressionStatement(node)) this.#effect(node);
  }

  /** What is looked for in the whole file: environment variables and names of models. */
  everywhere(node: ts.Node): void {
    const name = variableOf(node);
    if (name !== null) this.#variables.add(name);
    if (ts.isStringLiteralLike(node) && isModelName(node.text)) this.#models.add(node.text);
    ts.forEachChild(node, (child) => this.everywhere(child));
  }

  #import(node: ts.ImportDeclaration): void {
    const clause = node.importClause;
    if (clause === undefined || clause.isTypeOnly || !ts.isStringLiteral(node.moduleSpecifier)) return;
    const module = node.moduleSpecifier.text;
    if (clause.name !== undefined) this.#imports[clause.name.text] = { module, name: "default" };
    const bindings = clause.namedBindings;
    if (bindings === undefined) return;
    if (ts.isNamespaceImport(bindings)) this.#imports[bindings.name.text] = { module, name: null };
    else for (const one of bindings.elements) this.#imports[one.name.text] = { module, name: importedName(one) };
  }

  #reexport(node: ts.ExportDeclaration): void {
    const from = node.moduleSpecifier;
    const clause = node.exportClause;
    if (node.isTypeOnly || clause === undefined || !ts.isNamedExports(clause)) return;
    for (const one of clause.elements) {
      const local = importedName(one);
      if (from !== undefined && ts.isStringLiteral(from)) {
        this.#imports[one.name.text] = { module: from.text, name: local };
        this.#exports[one.name.text] = one.name.text;
      } else this.#exports[one.name.text] = local;
    }
  }

  #variablesOf(node: ts.VariableStatement): void {
    const exported = isExported(node);
    for (const { name, initializer, type } of node.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer !== undefined) {
        this.#define(name.text, initializer, { node, exported: exported ? name.text : null, type });
      } else if (ts.isObjectBindingPattern(name) && initializer !== undefined) this.#required(name, initializer);
    }
  }

  /** `const { Agent } = require("@openai/agents")`. */
  #required(pattern: ts.ObjectBindingPattern, value: ts.Expression): void {
    const module = requiredModule(value);
    if (module === null) return;
    for (const one of pattern.elements) {
      if (!ts.isIdentifier(one.name)) continue;
      const name = one.propertyName !== undefined && ts.isIdentifier(one.propertyName) ? one.propertyName : one.name;
      this.#imports[one.name.text] = { module, name: name.text };
    }
  }

  #define(
    name: string,
    value: ts.Expression,
    at: { node: ts.Node; exported: string | null; type?: ts.TypeNode | undefined },
  ): void {
    const bare = plain(value);
    const module = requiredModule(bare);
    if (at.exported !== null) this.#exports[at.exported] = name;
    if (module !== null) this.#imports[name] = { module, name: null };
    else if (ts.isArrowFunction(bare) || ts.isFunctionExpression(bare)) {
      this.#functions.push(this.#function(name, bare));
    } else this.#definitions.push(this.#definition(name, value, at));
  }

  #definition(name: string, value: ts.Expression, at: { node: ts.Node; type?: ts.TypeNode | undefined }): Definition {
    return {
      name,
      line: this.#line(at.node),
      value: expression(value),
      hint: hintOf(at.type),
      uses: namesIn(value),
      agents: registeredAgents(plain(value)),
    };
  }

  #functionOf(node: ts.FunctionDeclaration): void {
    const isDefault = hasModifier(node, ts.SyntaxKind.DefaultKeyword);
    const name = node.name?.text ?? "default";
    if (isExported(node)) this.#exports[isDefault ? "default" : name] = name;
    this.#functions.push(this.#function(name, node));
  }

  #classOf(node: ts.ClassDeclaration): void {
    const name = node.name?.text ?? "default";
    if (isExported(node)) this.#exports[hasModifier(node, ts.SyntaxKind.DefaultKeyword) ? "default" : name] = name;
    const made = node.members.find(ts.isConstructorDeclaration);
    const bases = (node.heritageClauses ?? []).filter((one) => one.token === ts.SyntaxKind.ExtendsKeyword);
    this.#classes.push({
      name,
      line: this.#line(node),
      bases: bases.flatMap((one) => one.types.map((type) => expression(type.expression))),
      decorators: [],
      methods: node.members
        .filter(ts.isMethodDeclaration)
        .map((one) => this.#function(one.name.getText(this.#source), one)),
      needs: made === undefined ? [] : needs(made.parameters),
      attributes: [],
      locals: [],
      uses: namesIn(node),
    });
  }

  #function(name: string, node: ts.FunctionLikeDeclaration): FunctionOutline {
    const inner = node.body === undefined ? [] : ownNodes(node.body);
    const returned = node.body !== undefined && !ts.isBlock(node.body) ? [node.body] : [];
    const returns = inner.filter(ts.isReturnStatement).flatMap((one) => one.expression ?? []);
    const declared = inner.filter(ts.isVariableDeclaration);
    return {
      name,
      line: this.#line(node),
      needs: needs(node.parameters),
      async: hasModifier(node, ts.SyntaxKind.AsyncKeyword),
      generator: node.asteriskToken !== undefined,
      decorators: [],
      returns: [...returned, ...returns].map(expression),
      hint: hintOf(node.type),
      locals: declared.flatMap((one) =>
        ts.isIdentifier(one.name) && one.initializer !== undefined
          ? [this.#definition(one.name.text, one.initializer, { node: one, type: one.type })]
          : [],
      ),
      uses: node.body === undefined ? [] : namesIn(node.body),
    };
  }

  #effect(node: ts.ExpressionStatement): void {
    const bare = plain(node.expression);
    if (ts.isBinaryExpression(bare)) this.#assigned(bare);
    if (!ts.isCallExpression(bare)) return;
    let on: ts.Expression = bare;
    while (ts.isCallExpression(on) || ts.isPropertyAccessExpression(on)) on = on.expression;
    if (!ts.isIdentifier(on)) return;
    const root = on.text;
    this.#calls.push({ on: root, value: expression(bare), uses: namesIn(bare).filter((one) => one !== root) });
  }

  /** `triage.handoffs = [billing]`; `module.exports = { agent }`, `exports.agent = agent`. */
  #assigned({ left, right }: ts.BinaryExpression): void {
    if (ts.isPropertyAccessExpression(left) && ts.isIdentifier(left.expression)) {
      this.#calls.push({ on: left.expression.text, value: null, uses: namesIn(right) });
    }
    const to = left.getText(this.#source);
    if (to === "module.exports" && ts.isObjectLiteralExpression(right)) {
      for (const one of right.properties) {
        if (ts.isShorthandPropertyAssignment(one)) this.#exports[one.name.text] = one.name.text;
      }
    }
    const name = /^(?:module\.)?exports\.(\w+)$/.exec(to)?.[1];
    if (name !== undefined && ts.isIdentifier(right)) this.#exports[name] = right.text;
    else if (name !== undefined) this.#define(name, right, { node: right, exported: name });
  }

  #line(node: ts.Node): number {
    return this.#source.getLineAndCharacterOfPosition(node.getStart(this.#source)).line + 1;
  }
}
