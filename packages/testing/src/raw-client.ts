/**
 * A TCP client that may misbehave: it writes any bytes, in any pieces, as slowly as it likes, reads or does not read,
 * and closes or resets when told. For slow-loris, floods, cut requests, readers that stop.
 */
import { type EventEmitter, once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface RawClient extends AsyncDisposable {
  /** Sends, and waits until the kernel took it. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Sends one byte each `everyMs` until it is all sent, the other side closes, or the signal comes. Resolves with the bytes sent. */
  trickle(text: string, everyMs: number, signal?: AbortSignal): Promise<number>;
  /** Everything received so far matches: resolves with it. Rejects when the connection ends before. */
  until(pattern: RegExp, withinMs: number): Promise<string>;
  /** Everything received until the other side closed. */
  end(withinMs: number): Promise<string>;
  /** Stops and resumes reading: the other side's writes stay in the kernel. */
  pause(): void;
  resume(): void;
  /** Half-closes: the other side sees the end of the request. */
  finish(): void;
  /** Cuts with RST. */
  reset(): void;
  readonly received: string;
  readonly closed: boolean;
  close(): Promise<void>;
}

export async function openRaw(port: number, host = "127.0.0.1"): Promise<RawClient> {
  const socket = connect({ port, host, allowHalfOpen: true });
  let received = "";
  let over = false;
  await once(socket, "connect");
  // A reset is an ordinary ending for this client from here on; `closed` tells it.
  socket.on("error", () => socket.destroy());
  socket.on("data", (data) => {
    received += data.toString("latin1");
  });
  for (const name of ["end", "close"]) {
    socket.on(name, () => {
      over = true;
      socket.emit("over");
    });
  }

  const until = async (done: () => boolean, what: string, withinMs: number): Promise<string> => {
    const signal = AbortSignal.timeout(withinMs);
    while (!done()) {
      if (over || signal.aborted) throw new Error(`${what}: ${over ? "closed" : "too late"} after ${received}`);
      await changed(socket, signal);
    }
    return received;
  };
  const send = (bytes: string | Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      socket.write(bytes, () => resolve());
    });
  const close = async (): Promise<void> => {
    if (socket.closed) return;
    socket.destroy();
    await once(socket, "close");
  };
  return {
    send,
    until: (pattern, withinMs) => until(() => pattern.test(received), `waiting for ${pattern}`, withinMs),
    end: (withinMs) => until(() => over, "waiting for the end", withinMs),
    async trickle(text, everyMs, signal) {
      let sent = 0;
      for (const byte of Buffer.from(text)) {
        if (over || signal?.aborted === true) break;
        await send(Buffer.of(byte));
        sent += 1;
        await delay(everyMs);
      }
      return sent;
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    finish: () => void socket.end(),
    reset: () => void socket.resetAndDestroy(),
    get received() {
      return received;
    },
    get closed() {
      return over;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Resolves at the next data, at the end, or at the signal. */
async function changed(socket: EventEmitter, signal: AbortSignal): Promise<void> {
  const either = new AbortController();
  const all = AbortSignal.any([signal, either.signal]);
  try {
    await Promise.race(["data", "over"].map((name) => once(socket, name, { signal: all })));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    either.abort();
  }
}
