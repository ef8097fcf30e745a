/** Pulls a framework's stream dry, at the pace of its readers; a cancelled run ends it. */
import { iteratorOf, pull } from "../pulling.ts";
import type { AdapterCall } from "./adapter.ts";
import { isObject } from "./read.ts";

/** Throws TypeError when it is no stream. */
export async function drainInto(
  { run, flow }: Pick<AdapterCall, "run" | "flow">,
  stream: unknown,
  take: (item: unknown) => void,
): Promise<void> {
  const iterator = isObject(stream) ? iteratorOf(stream) : null;
  if (iterator === null) throw new TypeError("what the agent returned cannot be streamed");
  await pull(run, iterator, async (item) => {
    take(item);
    await flow.pace(run);
  });
}
