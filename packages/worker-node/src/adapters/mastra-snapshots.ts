/**
 * What Mastra's storage holds of a run that waits, as JSON and back: so that it goes on in any process, although the
 * storage may be in this one's memory.
 */
import { hasMethods, invoke, isObject, listOf, read } from "./read.ts";

/** Null: the agent belongs to no Mastra, so nothing holds the run. */
export async function takeSnapshots(agent: object, runId: string): Promise<readonly unknown[] | null> {
  const store = await storeOf(agent);
  if (store === null) return null;
  const { runs } = Object(await invoke(store, "listWorkflowRuns", {}));
  const own = listOf(runs).filter((one) => read(one, "runId") === runId);
  return own.map((one) => ({ workflowName: read(one, "workflowName"), snapshot: read(one, "snapshot") }));
}

export async function restoreSnapshots(agent: object, runId: string, saved: unknown): Promise<void> {
  const store = await storeOf(agent);
  if (store === null) return;
  for (const one of listOf(saved)) {
    const key = { workflowName: read(one, "workflowName"), runId };
    const known = await invoke(store, "loadWorkflowSnapshot", key);
    if (!isObject(known)) await invoke(store, "persistWorkflowSnapshot", { ...key, snapshot: read(one, "snapshot") });
  }
}

async function storeOf(agent: object): Promise<object | null> {
  const instance = hasMethods(agent, "getMastraInstance") ? invoke(agent, "getMastraInstance") : null;
  const storage = hasMethods(instance, "getStorage") ? invoke(instance, "getStorage") : null;
  const store = hasMethods(storage, "getStore") ? await invoke(storage, "getStore", "workflows") : null;
  return hasMethods(store, "listWorkflowRuns", "loadWorkflowSnapshot", "persistWorkflowSnapshot") ? store : null;
}
