/**
 * What a source file says at its top level, read without running it: the same for both languages. Written by
 * `worker-python/runagent_worker/outline.py` and by `typescript-outline.ts`.
 */

/** What matters of an expression: names, members, calls (`new` is one), and `a | b`. Null: anything else. */
export type Expression =
  | readonly ["name", string]
  | readonly ["member", Expression, string]
  | readonly ["call", Expression]
  | readonly ["pipe", readonly Expression[]]
  | null;

export interface Definition {
  readonly name: string;
  readonly line: number;
  readonly value: Expression;
  /** The class that an annotation names. */
  readonly hint: Expression;
  /** Names that stand in the value. */
  readonly uses: readonly string[];
  /** TypeScript: the keys of an option `agents`: what is registered there can be named, too. */
  readonly agents?: readonly string[];
}

export interface FunctionOutline {
  readonly name: string;
  readonly line: number;
  /** Parameters without a default. */
  readonly needs: readonly string[];
  readonly async: boolean;
  readonly generator: boolean;
  readonly decorators: readonly Expression[];
  readonly returns: readonly Expression[];
  readonly hint: Expression;
  readonly locals: readonly Definition[];
  readonly uses: readonly string[];
}

export interface ClassOutline {
  readonly name: string;
  readonly line: number;
  readonly bases: readonly Expression[];
  readonly decorators: readonly Expression[];
  readonly methods: readonly FunctionOutline[];
  /** What the constructor needs. */
  readonly needs: readonly string[];
  /** What the constructor sets, and its own variables. */
  readonly attributes: readonly Definition[];
  readonly locals: readonly Definition[];
  readonly uses: readonly string[];
}

export interface Outline {
  /** Relative to the agent's folder, with forward slashes. */
  readonly file: string;
  /** `name` null: the module itself. */
  readonly imports: Readonly<Record<string, { readonly module: string; readonly name: string | null }>>;
  readonly definitions: readonly Definition[];
  readonly functions: readonly FunctionOutline[];
  readonly classes: readonly ClassOutline[];
  /** Statements that give something more: `builder.addNode("child", child)`, `triage.handoffs = [billing]`. */
  readonly calls: readonly { readonly on: string; readonly value: Expression; readonly uses: readonly string[] }[];
  /** TypeScript: exported name → the name in the file. Left out for Python, where every name can be imported. */
  readonly exports?: Readonly<Record<string, string>>;
  /** Environment variables that are read. */
  readonly variables: readonly string[];
  /** Texts that look like `provider:model` or `provider/model`. */
  readonly models: readonly string[];
  readonly error: { readonly line: number; readonly message: string } | null;
}
