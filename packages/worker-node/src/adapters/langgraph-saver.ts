/** A thread's newest checkpoints as JSON and back, through LangGraph's own serializer and its saver's public methods. */
import { invoke, isObject, listOf, read } from "./read.ts";

/** An in-memory saver of LangGraph. */
export type Saver = object;

/** Of the class of the user's own in-memory saver, else of the one that the agent's copy of LangGraph has. */
export function newestSaver(own: unknown, found: unknown): (() => Saver) | "none" {
  const kind = isObject(own) ? read(own, "constructor") : found;
  if (typeof kind !== "function") return "none";
  const serde = read(own, "serde");
  return () => Reflect.construct(kind, serde === undefined ? [] : [serde]);
}

/** By namespace: the newest checkpoint, its metadata, its pending writes. */
export async function exportThread(saver: Saver, thread: string): Promise<object> {
  const exported: Record<string, unknown> = {};
  const serde = read(saver, "serde");
  for await (const found of listThread(saver, thread)) {
    const namespace = String(read(read(read(found, "config"), "configurable"), "checkpoint_ns") ?? "");
    if (namespace in exported) continue; // newest first
    const writes = listOf(read(found, "pendingWrites")).map(async (write) => {
      const [task, channel, value] = listOf(write);
      return [task, channel, await dumped(serde, value)];
    });
    exported[namespace] = {
      checkpoint: await dumped(serde, read(found, "checkpoint")),
      metadata: await dumped(serde, read(found, "metadata")),
      writes: await Promise.all(writes),
    };
  }
  return exported;
}

export async function importThread(saver: Saver, thread: string, saved: unknown): Promise<void> {
  const serde = read(saver, "serde");
  for (const [namespace, parts] of Object.entries(isObject(saved) ? saved : {})) {
    const checkpoint = await restored(serde, read(parts, "checkpoint"));
    const config = { configurable: { thread_id: thread, checkpoint_ns: namespace } };
    const metadata = await restored(serde, read(parts, "metadata"));
    const at = await invoke(saver, "put", config, checkpoint, metadata, read(checkpoint, "channel_versions"));
    const byTask = new Map<string, unknown[]>();
    for (const write of listOf(read(parts, "writes"))) {
      const [task, channel, value] = listOf(write);
      const known = byTask.get(String(task)) ?? [];
      byTask.set(String(task), [...known, [channel, await restored(serde, value)]]);
    }
    for (const [task, writes] of byTask) await invoke(saver, "putWrites", at, writes, task);
  }
}

function listThread(saver: Saver, thread: string): AsyncIterable<unknown> {
  const listed = invoke(saver, "list", { configurable: { thread_id: thread } });
  if (isObject(listed) && Symbol.asyncIterator in listed) return listed as AsyncIterable<unknown>; // looked at just now
  throw new TypeError("the checkpointer does not list its checkpoints");
}

async function dumped(serde: unknown, value: unknown): Promise<readonly unknown[]> {
  const [kind, bytes] = listOf(await invoke(serde, "dumpsTyped", value));
  if (!(bytes instanceof Uint8Array)) throw new TypeError("the checkpointer's serializer gave no bytes");
  return kind === "json" ? [kind, new TextDecoder().decode(bytes)] : [kind, Buffer.from(bytes).toString("base64")];
}

function restored(serde: unknown, text: unknown): unknown {
  const [kind, data] = listOf(text);
  return invoke(serde, "loadsTyped", kind, kind === "json" ? data : Buffer.from(String(data), "base64"));
}
