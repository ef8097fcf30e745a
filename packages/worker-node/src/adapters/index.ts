/** Which adapter an object belongs to. A new framework is a new file here and a line below. */
import type { Adapter } from "./adapter.ts";
import { aiSdk } from "./ai-sdk.ts";

const ADAPTERS: readonly Adapter[] = [aiSdk];

/** `wanted`: the config's `adapter`; `none` turns recognition off. */
export function adapterFor(value: unknown, wanted?: string): Adapter | null {
  if (wanted === "none") return null;
  return ADAPTERS.find((one) => (wanted === undefined || one.name === wanted) && one.recognises(value)) ?? null;
}
