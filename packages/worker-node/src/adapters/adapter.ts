/**
 * The one shape of an adapter: how a framework's object is recognised (by what it is: the framework is never imported by
 * us), and how it is called. One small file each, and its line in `index.ts`.
 */
import type { EntrypointSpec, InputShape } from "@runagent/protocol";
import type { RunContext } from "../context.ts";
import type { Flow } from "../flow.ts";
import type { Run } from "../run.ts";
import type { Frameworks } from "./frameworks.ts";

export interface Adapter {
  readonly name: string;
  /** Methods of the object that, named in the config, mean the object itself. */
  readonly verbs: readonly string[];
  /** It takes `config_keys`. */
  readonly configKeys?: true;
  recognises(value: unknown): value is object;
  /** What a name means in the object, if it is no member of it: `mastra.NAME`. */
  member?(object: object, name: string): unknown;
  /** Once in each worker; throws RunAgentError LOAD_FAILED when the object cannot be called. */
  adapt(object: object, place: Place): Adapted | Promise<Adapted>;
}

export interface Place {
  readonly spec: EntrypointSpec;
  /** The verb that the config names, e.g. `stream` of `agent.stream`; null: the object itself. */
  readonly verb: string | null;
  readonly frameworks: Frameworks;
}

export interface Adapted {
  readonly input: InputShape;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly streams: boolean;
  readonly description?: string | null;
  /** What was assumed, one sentence each. */
  readonly notes?: readonly string[];
  call(call: AdapterCall): Promise<void>;
}

export interface AdapterCall {
  readonly input: unknown;
  readonly run: Run;
  /** Of the run; aborted too when the call fails, so that nothing of it goes on. */
  readonly signal: AbortSignal;
  readonly context: RunContext;
  readonly flow: Flow;
}
