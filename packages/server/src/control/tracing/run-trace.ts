/** One run in a trace: from its admission to its end, whoever waits for it; with its wait for a worker, and its tools. */
import type { JsonText, Problem } from "@runagent/protocol";
import type { Span } from "./otlp.ts";
import { newSpanId, type TraceContext, writeContext } from "./trace-context.ts";

export interface TracedRun {
  readonly id: string;
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly session: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Of what made it. */
  readonly traceparent: string | null;
}

export interface RunEnd {
  readonly status: "succeeded" | "failed" | "cancelled";
  readonly problem: Problem | null;
  readonly attempt: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

interface Surroundings {
  readonly context: TraceContext;
  readonly parentId: string | null;
  readonly now: () => number;
  readonly mostTools: number;
  readonly add: (span: Span) => void;
}

interface OpenTool {
  readonly name: string;
  readonly from: number;
}

export class RunTrace {
  /** What the worker hands on: spans of the agent's own are children of the run. */
  readonly traceparent: string;
  readonly #run: TracedRun;
  readonly #around: Surroundings;
  readonly #tools = new Map<string, OpenTool>();
  #waited = false;

  constructor(run: TracedRun, around: Surroundings) {
    this.#run = run;
    this.#around = around;
    this.traceparent = writeContext(around.context);
  }

  /** A worker has it. Only the first wait is a span: later ones are attempts. */
  dispatched(): void {
    if (this.#waited) return;
    this.#waited = true;
    this.#child("runagent.queue", { from: this.#run.createdAt, attributes: {}, error: null });
  }

  /** Events of tools; others are not looked at. */
  event(type: string, data: JsonText): void {
    if (type === "tool.call") this.#toolBegins(data);
    else if (type === "tool.result") this.#toolEnds(data);
  }

  ended({ status, problem, attempt, inputTokens, outputTokens }: RunEnd): void {
    for (const [id, tool] of this.#tools) this.#tool(id, tool, "it did not end");
    this.#tools.clear();
    const { context, parentId, now, add } = this.#around;
    const { id, agent, version, tag, session, createdAt } = this.#run;
    const error = problem === null ? null : `${problem.code}: ${problem.title}`;
    add({
      ...{ name: `invoke_agent ${agent}`, kind: "internal", context, parentId, from: createdAt, to: now(), error },
      attributes: {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": agent,
        "gen_ai.agent.version": version,
        "gen_ai.conversation.id": session,
        "gen_ai.usage.input_tokens": inputTokens,
        "gen_ai.usage.output_tokens": outputTokens,
        "error.type": problem?.code ?? null,
        "runagent.run.id": id,
        "runagent.run.status": status,
        "runagent.run.attempt": attempt,
        "runagent.entrypoint": tag,
      },
    });
  }

  #toolBegins(data: JsonText): void {
    const { id, name } = namesIn(data);
    if (id === null || name === null || this.#tools.size >= this.#around.mostTools) return;
    this.#tools.set(id, { name, from: this.#around.now() });
  }

  #toolEnds(data: JsonText): void {
    const { id, isError } = namesIn(data);
    const tool = id === null ? undefined : this.#tools.get(id);
    if (id === null || tool === undefined) return;
    this.#tools.delete(id);
    this.#tool(id, tool, isError ? "the tool failed" : null);
  }

  #tool(id: string, { name, from }: OpenTool, error: string | null): void {
    const attributes = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": name,
      "gen_ai.tool.call.id": id,
    };
    this.#child(`execute_tool ${name}`, { from, attributes, error });
  }

  #child(name: string, { from, attributes, error }: Pick<Span, "from" | "attributes" | "error">): void {
    const { context, now, add } = this.#around;
    const own = { ...context, spanId: newSpanId() };
    add({ name, kind: "internal", context: own, parentId: context.spanId, from, to: now(), attributes, error });
  }
}

/** What an event of a tool says of itself; its arguments and its result stay unread. */
function namesIn(data: JsonText): {
  readonly id: string | null;
  readonly name: string | null;
  readonly isError: boolean;
} {
  const value: unknown = JSON.parse(data);
  const of = (key: string): unknown => (typeof value === "object" && value !== null ? Reflect.get(value, key) : null);
  const text = (found: unknown): string | null => (typeof found === "string" ? found : null);
  const error = of("error");
  return {
    id: text(of("id")),
    name: text(of("name")),
    isError: error !== undefined && error !== null && error !== false,
  };
}
