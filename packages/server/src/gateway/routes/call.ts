/**
 * A call becomes a run: find the entrypoint, check the input, admit, deliver. Short form and full form end here. What is
 * refused before `start` makes no run.
 */
import { type JsonText, RunAgentError, type RunRequest } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { invalidBody } from "../input/envelope.ts";
import { fingerprint } from "../input/fingerprint.ts";
import type { Resolved, RunHandle } from "../ports.ts";
import type { HeaderWishes } from "./call-wishes.ts";
import { type Delivery, type DeliveryWish, deliver } from "./deliver.ts";
import { repeated } from "./repeated.ts";

export interface Call extends HeaderWishes {
  readonly agent: string;
  readonly version: string | null;
  readonly tag: string | null;
  readonly input: { readonly text: JsonText; readonly value: unknown; readonly size: number };
  readonly background: boolean;
  readonly metadata: JsonText;
  /** JSON text of what else makes it the same call under an Idempotency-Key. */
  readonly rest: JsonText;
}

/** In one turn, when nothing has to be waited for: this is the hot path. */
export function makeCall(exchange: Exchange, call: Call): Promise<void> | void {
  const admittedAt = Date.now();
  if (call.idempotencyKey !== null) return makeKeyed(exchange, call, admittedAt);
  return makeNew(exchange, call, admittedAt);
}

async function makeKeyed(exchange: Exchange, call: Call, admittedAt: number): Promise<void> {
  const earlier = await joined(exchange, call);
  if (earlier === null) return makeNew(exchange, call, admittedAt);
  return handOver(exchange, earlier, wishOf(call, deliveryOf(call, earlier)));
}

function makeNew(exchange: Exchange, call: Call, admittedAt: number): Promise<void> | void {
  const found = exchange.context.ports.agents.resolve(exchange.caller, call);
  if (!(found instanceof Promise)) return start(exchange, { call, resolved: found, admittedAt });
  return found.then((resolved) => start(exchange, { call, resolved, admittedAt }));
}

interface Admission {
  readonly call: Call;
  readonly resolved: Resolved;
  readonly admittedAt: number;
}

function start(exchange: Exchange, admission: Admission): Promise<void> | void {
  // The caller may have left while the agent was loaded.
  if (exchange.over) return;
  const { ports, checks } = exchange.context;
  const { call, resolved } = admission;
  checkTimeout(call, resolved);
  checks.check(resolved.entrypoint, call.input.value, call.input.size);
  const delivery = deliveryOf(call, { inBackground: resolved.config.delivery === "background" });
  checkRoom(exchange, delivery);
  const handle = ports.runs.start(requestOf(exchange, admission, delivery));
  return handOver(exchange, handle, wishOf(call, delivery));
}

function wishOf({ form, filter, preference }: Call, delivery: Delivery): DeliveryWish {
  return { delivery, form, filter, preference };
}

function handOver(exchange: Exchange, handle: RunHandle, wish: DeliveryWish): Promise<void> | void {
  // The caller may have left meanwhile; of a run that was just made it has not.
  if (exchange.over) return;
  exchange.runId = handle.id;
  return deliver(exchange, handle, wish);
}

function checkRoom(exchange: Exchange, delivery: Delivery): void {
  if (delivery === "stream") exchange.context.readers.checkRoom();
}

/** The run of the same call under the same Idempotency-Key, or null. */
async function joined(exchange: Exchange, call: Call): Promise<RunHandle | null> {
  const keyed = { ...call, parts: [call.input.text, call.rest] };
  const earlier = await repeated(exchange, keyed, exchange.context.ports.runs);
  if (earlier !== null) checkRoom(exchange, deliveryOf(call, earlier));
  return earlier;
}

function requestOf(exchange: Exchange, { call, resolved, admittedAt }: Admission, delivery: Delivery): RunRequest {
  const { session, idempotencyKey: key } = call;
  const tag = resolved.entrypoint.tag;
  const isPreferred = call.preference.respondAsync || call.preference.waitMs !== null;
  return {
    caller: exchange.caller,
    agent: resolved.agent,
    version: resolved.version,
    tag,
    admittedAt,
    input: call.input.text,
    session,
    user: call.user,
    timeoutMs: call.timeoutMs,
    durable: isPreferred || delivery === "background" || session !== null || key !== null,
    background: delivery === "background",
    stream: delivery === "stream",
    idempotency: key === null ? null : { key, fingerprint: fingerprint(tag, [call.input.text, call.rest]) },
    metadata: call.metadata,
    traceparent: call.traceparent,
  };
}

/** The first row of the table in `api.md` that fits. */
function deliveryOf(call: Call, entrypoint: Pick<RunHandle, "inBackground">): Delivery {
  if (call.preference.waitMs !== null) return "wait";
  const isBackground = call.preference.respondAsync || call.background || entrypoint.inBackground;
  if (isBackground) return "background";
  return call.form === "json" ? "value" : "stream";
}

function checkTimeout({ timeoutMs, timeoutPlace }: Call, { timeoutMs: most }: Resolved): void {
  if (timeoutMs === null || timeoutMs <= most) return;
  const detail = `at most ${most / 1000}: the agent's \`resources.timeout\``;
  if (timeoutPlace === "body") throw invalidBody([{ pointer: "/timeout", detail }]);
  throw new RunAgentError("INVALID_REQUEST", `\`RunAgent-Timeout\` is ${detail}.`);
}
