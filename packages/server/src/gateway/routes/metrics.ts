/** `/metrics`, for Prometheus. */
import type { Exchange } from "../exchange.ts";
import { answer } from "../http/answer.ts";

export async function metrics(exchange: Exchange): Promise<void> {
  const body = await exchange.context.ports.metrics();
  answer(exchange, 200, { type: "text/plain; version=0.0.4; charset=utf-8", body });
}
