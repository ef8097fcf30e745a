/** The events of one open response. Ends when the connection ends, for whatever reason; the body is always let go. */
import { DEFAULT_LIMITS } from "@runagent/protocol/limits";
import { SseDecoder } from "@runagent/protocol/sse";
import { parseEvent, type StreamEvent } from "./event-types.ts";

/** What the server asks of those who come again. */
export interface StreamPace {
  retryMs: number;
}

export async function* readEvents(response: Response, pace: StreamPace): AsyncGenerator<StreamEvent, void, undefined> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const text = new TextDecoder();
  const sse = new SseDecoder();
  try {
    for (;;) {
      const piece = await withinSilence(reader.read());
      if (piece.done) return;
      const messages = sse.push(text.decode(piece.value, { stream: true }));
      pace.retryMs = sse.retryMs ?? pace.retryMs;
      for (const message of messages) {
        const event = parseEvent(message);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined); // a connection that broke has nothing to cancel
  }
}

/** The server pings: a connection that is silent for longer is dead, whatever the network says. */
async function withinSilence<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the stream is silent")), DEFAULT_LIMITS.stream_silence);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
