/** `POST /v1/run/{agent}[/{tag}]`: the body is the input. */
import type { Exchange } from "../exchange.ts";
import { type JsonBody, readJson } from "../http/body.ts";
import { makeCall } from "./call.ts";
import { headerWishes, versionOf } from "./call-wishes.ts";

export function runShort(exchange: Exchange): Promise<void> | void {
  const wishes = headerWishes(exchange);
  const { agent, version } = versionOf(exchange.param("agent"));
  const tag = exchange.params.length > 2 ? exchange.param("tag") : null;
  const call = ({ text, value }: JsonBody): Promise<void> | void => {
    const input = { text, value, size: text.length };
    return makeCall(exchange, {
      agent,
      version,
      tag,
      input,
      background: false,
      metadata: "{}",
      rest: "{}",
      // Named one by one: an object that is spread and added to grows piece by piece, with every call.
      form: wishes.form,
      filter: wishes.filter,
      preference: wishes.preference,
      session: wishes.session,
      user: wishes.user,
      timeoutMs: wishes.timeoutMs,
      timeoutPlace: wishes.timeoutPlace,
      idempotencyKey: wishes.idempotencyKey,
      traceparent: wishes.traceparent,
    });
  };
  const body = readJson(exchange);
  return body instanceof Promise ? body.then(call) : call(body);
}
