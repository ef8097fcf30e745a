/** What a row of the route table is made of. */
import type { Scope } from "../access.ts";
import type { ErrorCode } from "../errors.ts";
import type { ViewName } from "./views.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Parameter {
  readonly name: string;
  readonly about: string;
}

export interface Answer {
  readonly about: string;
  /** By media type. None: an answer without a body. */
  readonly content?: Readonly<Record<string, ViewName | "text">>;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  /** `open`: without a key. `any`: with any key. */
  readonly scope: Scope | "open" | "any";
  readonly group: "Calling" | "Runs" | "Batches" | "Sessions" | "Agents" | "Deploying" | "Access" | "Server";
  readonly summary: string;
  readonly query?: readonly Parameter[];
  readonly headers?: readonly Parameter[];
  /** `input`: the body is the entrypoint's input. */
  readonly body?: object | "input";
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ErrorCode[];
}

export const json = (view: ViewName, about: string): Answer => ({ about, content: { "application/json": view } });
export const text = (type: string, about: string): Answer => ({ about, content: { [type]: "text" } });

export const CURSOR: Parameter = { name: "cursor", about: "`next` of the page before" };
export const LIMIT: Parameter = { name: "limit", about: "items of a page: 50, at most 200" };

export const get = (
  path: string,
  row: Omit<Route, "method" | "path" | "problems"> & { problems?: readonly ErrorCode[] },
) => ({ method: "GET", path, problems: [], ...row }) as const;
export const post = (path: string, row: Omit<Route, "method" | "path">) => ({ method: "POST", path, ...row }) as const;
