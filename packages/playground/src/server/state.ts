/**
 * What the server serves, followed live: a broken save shows its problem, the next good one heals the page, a server that
 * was started again is found again. Only a tab that is seen holds the connection: browsers have few for one server.
 */
import { computed, signal } from "@preact/signals";
import type { AgentView, Problem } from "@runagent/sdk";
import { SERVER_URL } from "./client.ts";

export interface Served {
  readonly ready: boolean;
  readonly problem: Problem | null;
  readonly agents: readonly AgentView[];
  readonly version: string;
}

export const served = signal<Served | null>(null);
export const connected = signal(true);
/** It answers, but only to those who have a key. */
export const locked = signal(false);

/** The agent as it was last known: while its code is broken, its runs can still be looked at. */
export const agent = computed<AgentView | null>(() => served.value?.agents[0] ?? lastAgent);
let lastAgent: AgentView | null = null;

const AGAIN_MS = 1000;

export function followServer(): void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  /** An event source does not say why it was refused. */
  const lookAgain = async (): Promise<void> => {
    const status = await statusOf(`${SERVER_URL}/v1/agents`);
    locked.value = status === 401;
    if (!locked.value) timer = setTimeout(open, AGAIN_MS);
  };
  const open = (): void => {
    close();
    const opened = new EventSource(`${SERVER_URL}/playground/state`);
    source = opened;
    opened.addEventListener("state", (event: MessageEvent<string>) => take(JSON.parse(event.data)));
    opened.onerror = () => {
      connected.value = false;
      // A refusal ends it for good, a lost connection is tried again by the browser itself.
      if (opened.readyState === EventSource.CLOSED) void lookAgain();
    };
  };
  const seen = (): void => (document.visibilityState === "visible" ? open() : close());
  document.addEventListener("visibilitychange", seen);
  seen();
}

/** Null: nobody answers. */
async function statusOf(url: string): Promise<number | null> {
  try {
    const answer = await fetch(url);
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

function take(now: Served): void {
  lastAgent = now.agents[0] ?? lastAgent;
  connected.value = true;
  locked.value = false;
  served.value = now;
}
