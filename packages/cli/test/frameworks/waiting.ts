/** Runs that come to wait for a person: what they ask, and how they go on with an answer. */
import { SseDecoder } from "@runagent/protocol/sse";
import type { Event, Served } from "../examples/served.ts";

export interface Asked {
  readonly input: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers in the order of the questions. */
  readonly answers: readonly unknown[];
  /** Before each answer. */
  readonly meanwhile?: (served: Served) => Promise<void>;
}

/** All events of a call that nobody streams, from its first to its end. */
export async function answeredRun(served: Served, agent: string, asked: Asked): Promise<Event[]> {
  const { status, text } = await served.call(agent, asked.input, asked.headers);
  if (status !== 202) throw new Error(`the run does not wait: ${status} ${text}`);
  const events = new URL(`/v1/runs/${JSON.parse(text).id}/events`, served.url);
  return answering(await fetch(events), served, asked);
}

/** All events of a streamed call, which stays open while the run waits. */
export async function answeredStream(served: Served, agent: string, asked: Asked): Promise<Event[]> {
  const response = await fetch(new URL(`/v1/run/${agent}`, served.url), {
    method: "POST",
    body: JSON.stringify(asked.input),
    headers: { ...asked.headers, accept: "text/event-stream" },
  });
  return answering(response, served, asked);
}

async function answering(response: Response, served: Served, { answers, meanwhile }: Asked): Promise<Event[]> {
  const decoder = new SseDecoder();
  const left = [...answers];
  const events: Event[] = [];
  for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    for (const one of decoder.push(text)) {
      const data: unknown = JSON.parse(one.data);
      events.push({ n: Number(one.id), type: one.event, data });
      if (one.event !== "waiting") continue;
      await meanwhile?.(served);
      await resume(served, String(Reflect.get(Object(data), "resume")), left.shift());
    }
  }
  return events;
}

async function resume(served: Served, path: string, value: unknown): Promise<void> {
  const response = await fetch(new URL(path, served.url), { method: "POST", body: JSON.stringify({ value }) });
  if (response.status !== 202) throw new Error(`the answer was refused: ${response.status} ${await response.text()}`);
}
