/** The one shape of an adapter: how a framework's object is recognised, described and called. One small file each. */
import type { InputShape } from "@runagent/protocol";
import type { RunContext } from "../context.ts";
import type { Flow } from "../flow.ts";
import type { Run } from "../run.ts";

export interface Adapter {
  readonly name: string;
  /** Methods of the object that, named in the config, mean the object itself. */
  readonly verbs: readonly string[];
  /** By what the object is; the framework is never imported. */
  recognises(value: unknown): value is object;
  describe(verb: string | null): AdapterDescription;
  call(call: AdapterCall): Promise<void>;
}

export interface AdapterDescription {
  readonly input: InputShape;
  readonly inputSchema: unknown;
  readonly streams: boolean;
}

export interface AdapterCall {
  readonly object: object;
  /** The verb that the config names, e.g. `stream` of `agent.stream`; null: the object itself. */
  readonly verb: string | null;
  readonly input: unknown;
  readonly run: Run;
  readonly context: RunContext;
  readonly flow: Flow;
}
