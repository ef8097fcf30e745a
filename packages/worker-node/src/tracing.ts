/**
 * Spans that the agent makes itself with OpenTelemetry become children of its run. Only when the agent has set OpenTelemetry
 * up: then its context manager stands where every copy of `@opentelemetry/api` 1.x looks for it. Nothing of it is ours.
 * Source: `global-utils.ts` and `trace/context-utils.ts` of that package; both names are the same in all of 1.x.
 */
interface ContextManager {
  active(): { setValue(key: symbol, value: unknown): unknown };
  with<T>(context: unknown, call: () => T): T;
}

const API = Symbol.for("opentelemetry.js.api.1");
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/** Calls it as a part of the run's trace. `traceparent` as in W3C Trace Context. */
export function inTrace<T>(traceparent: string | null, call: () => T): T {
  const manager = contextManager();
  const [, traceId, spanId, flags = "00"] = traceparent?.split("-") ?? [];
  if (manager === null || traceId === undefined || spanId === undefined) return call();
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return manager.with(manager.active().setValue(SPAN, new RemoteSpan(context)), call);
}

function contextManager(): ContextManager | null {
  const api: unknown = Reflect.get(globalThis, API);
  const manager: unknown = typeof api === "object" && api !== null ? Reflect.get(api, "context") : undefined;
  return isContextManager(manager) ? manager : null;
}

function isContextManager(value: unknown): value is ContextManager {
  return typeof value === "object" && value !== null && "active" in value && "with" in value;
}

/** The run's span lives in the server: here it only says who it is. */
class RemoteSpan {
  readonly #context: object;

  constructor(context: object) {
    this.#context = context;
  }

  spanContext(): object {
    return this.#context;
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}
