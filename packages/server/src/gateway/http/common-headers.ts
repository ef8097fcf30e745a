/** What every answer to this caller carries besides its own headers. */
import type { Exchange } from "../exchange.ts";
import { addCors } from "./cors.ts";

/** Adds what is left of the key's allowance, and what lets the page of this request read the answer. */
export function addCommon(headers: string[], exchange: Exchange): void {
  if (exchange.allowance.length > 0) headers.push(...exchange.allowance);
  if (exchange.origin !== null) addCors(headers, exchange.origin);
}
