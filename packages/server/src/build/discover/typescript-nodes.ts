/** Small questions to nodes of TypeScript's syntax tree: what is written there, without types. */
import ts from "typescript-api";
import type { Expression } from "./outline.ts";

const MODEL = /^[a-z][a-z0-9_-]{1,20}[:/][\w.:/-]+$/;

/** Of a text such as `openai/gpt-5` or `openai:gpt-5`. */
export const isModelName = (text: string): boolean => MODEL.test(text);

export const importedName = (one: ts.ImportSpecifier | ts.ExportSpecifier): string =>
  (one.propertyName ?? one.name).text;

/** Without what changes nothing at run time: `await x`, `x as T`, `(x)`, `x!`, `x satisfies T`. */
export function plain(node: ts.Expression): ts.Expression {
  const wraps =
    ts.isAwaitExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node);
  return wraps ? plain(node.expression) : node;
}

export function expression(node: ts.Expression): Expression {
  const bare = plain(node);
  if (ts.isIdentifier(bare)) return ["name", bare.text];
  if (ts.isPropertyAccessExpression(bare)) return ["member", expression(bare.expression), bare.name.text];
  if (ts.isCallExpression(bare) || ts.isNewExpression(bare)) return ["call", expression(bare.expression)];
  return null;
}

/** `Promise<X>` is an X. */
export function hintOf(type: ts.TypeNode | undefined): Expression {
  if (type === undefined || !ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return null;
  const [inner] = type.typeArguments ?? [];
  return type.typeName.text === "Promise" ? hintOf(inner) : ["name", type.typeName.text];
}

export const needs = (parameters: readonly ts.ParameterDeclaration[]): string[] =>
  parameters
    .filter(
      (one) => one.initializer === undefined && one.questionToken === undefined && one.dotDotDotToken === undefined,
    )
    .map((one) => (ts.isIdentifier(one.name) ? one.name.text : "input"));

/** Not what stands in functions and classes inside. */
export function ownNodes(node: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    found.push(child);
    if (!ts.isFunctionLike(child) && !ts.isClassLike(child)) found.push(...ownNodes(child));
  });
  return found;
}

export function namesIn(node: ts.Node): string[] {
  const names = new Set<string>();
  const visit = (one: ts.Node): void => {
    if (ts.isIdentifier(one)) names.add(one.text);
    if (ts.isPropertyAccessExpression(one)) visit(one.expression);
    else if (ts.isPropertyAssignment(one)) visit(one.initializer);
    else ts.forEachChild(one, visit);
  };
  visit(node);
  return [...names].sort();
}

/** `new Mastra({ agents: { weather, support: new Agent(…) } })`: weather, support. */
export function registeredAgents(value: ts.Expression): string[] {
  const [options] = ts.isNewExpression(value) ? (value.arguments ?? []) : [];
  if (options === undefined || !ts.isObjectLiteralExpression(options)) return [];
  return options.properties.flatMap((one) => {
    if (!ts.isPropertyAssignment(one) || !ts.isIdentifier(one.name) || one.name.text !== "agents") return [];
    if (!ts.isObjectLiteralExpression(one.initializer)) return [];
    return one.initializer.properties.flatMap(({ name }) =>
      name !== undefined && ts.isIdentifier(name) ? name.text : [],
    );
  });
}

export function requiredModule(value: ts.Expression): string | null {
  if (!ts.isCallExpression(value) || !ts.isIdentifier(value.expression) || value.expression.text !== "require")
    return null;
  const [first] = value.arguments;
  return first !== undefined && ts.isStringLiteral(first) ? first.text : null;
}

/** `process.env.X`, `process.env["X"]`. */
export function variableOf(node: ts.Node): string | null {
  const on = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) ? node.expression : null;
  if (on === null || !ts.isPropertyAccessExpression(on) || on.name.text !== "env") return null;
  if (!ts.isIdentifier(on.expression) || on.expression.text !== "process") return null;
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  const key = ts.isElementAccessExpression(node) ? node.argumentExpression : null;
  return key !== null && ts.isStringLiteral(key) ? key.text : null;
}

export const hasModifier = (node: ts.Node, kind: ts.SyntaxKind): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === kind);

export const isExported = (node: ts.Node): boolean => hasModifier(node, ts.SyntaxKind.ExportKeyword);
