/** Finds the route of a path in the route table of `protocol/api`. One slash at the end of a path does not count. */
import { RunAgentError } from "@runagent/protocol";
import { ROUTES, type Route, type RouteId } from "@runagent/protocol/api";

export type Match =
  | { readonly kind: "route"; readonly id: RouteId; readonly params: readonly string[] }
  /** The path is there, the method is not. */
  | { readonly kind: "method"; readonly allow: readonly string[] }
  | { readonly kind: "none" };

export class Router {
  readonly #root: Node = newNode();

  constructor() {
    for (const [id, route] of entries()) this.#add(id, route);
  }

  find(method: string, path: string): Match {
    const params: string[] = [];
    const node = this.#walk(path, params);
    if (node === null || node.routes.size === 0) return { kind: "none" };
    const id = node.routes.get(method === "HEAD" ? "GET" : method);
    return id === undefined ? { kind: "method", allow: allowed(node) } : { kind: "route", id, params };
  }

  #add(id: RouteId, route: Route): void {
    let node = this.#root;
    for (const segment of route.path.slice(1).split("/")) {
      if (segment.startsWith("{")) {
        node.param ??= { name: segment.slice(1, -1), node: newNode() };
        node = node.param.node;
      } else {
        const next = node.children.get(segment) ?? newNode();
        node.children.set(segment, next);
        node = next;
      }
    }
    node.routes.set(route.method, id);
  }

  #walk(path: string, params: string[]): Node | null {
    const end = path.length > 1 && path.endsWith("/") ? path.length - 1 : path.length;
    let node = this.#root;
    for (let at = 1; at <= end; ) {
      const slash = path.indexOf("/", at);
      const stop = slash < 0 || slash > end ? end : slash;
      const next = step(node, path.slice(at, stop), params);
      if (next === null) return null;
      node = next;
      at = stop + 1;
    }
    return node;
  }
}

interface Node {
  readonly children: Map<string, Node>;
  readonly routes: Map<string, RouteId>;
  param: { readonly name: string; readonly node: Node } | null;
}

const newNode = (): Node => ({ children: new Map(), routes: new Map(), param: null });

function step(node: Node, segment: string, params: string[]): Node | null {
  const child = node.children.get(segment);
  if (child !== undefined) return child;
  if (node.param === null || segment === "") return null;
  params.push(node.param.name, decoded(segment));
  return node.param.node;
}

function decoded(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    const detail = `In the path: ${JSON.stringify(segment)} is not percent-encoded UTF-8.`;
    throw new RunAgentError("INVALID_REQUEST", detail, {}, { cause });
  }
}

function allowed(node: Node): readonly string[] {
  const methods = [...node.routes.keys()];
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"];
}

function entries(): [RouteId, Route][] {
  return Object.entries(ROUTES) as [RouteId, Route][]; // `entries` forgets the keys; they are those of ROUTES
}
