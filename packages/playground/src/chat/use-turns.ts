/** The turns of one session: those that were, and the next. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComposerState } from "../composer/composer-state.ts";
import { readSoon } from "../history/history-state.ts";
import type { RunFollower } from "../run/run-follower.ts";
import { client } from "../server/client.ts";
import { answeredIn, chatInput, type Message, saidIn } from "./conversation.ts";

export interface Turns {
  /** Ids of the runs, the oldest first. */
  readonly turns: readonly string[];
  /** A turn is being answered. */
  readonly busy: boolean;
  /** Its run, as soon as it is followed. */
  readonly going: RunFollower | null;
  /** False: the call was refused. */
  readonly send: (text: string) => Promise<boolean>;
  /** A turn is on the page. */
  readonly opened: (follower: RunFollower) => void;
  /** A turn goes on, or does not any more. */
  readonly stands: (id: string, isGoing: boolean) => void;
}

/** Whether every turn carries the whole conversation. */
export const sendsAll = signal(false);

const MOST_TURNS = 50;

export function useTurns(state: ComposerState, agent: string, session: string): Turns {
  const [turns, setTurns] = useState<readonly string[]>([]);
  const [going, setGoing] = useState<string | null>(null);
  const followers = useRef(new Map<string, RunFollower>());
  const [, showAgain] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    void turnsOf(agent, session, abort.signal).then((ids) => {
      if (!abort.signal.aborted) setTurns((now) => [...ids, ...now.filter((id) => !ids.includes(id))]);
    });
    return () => abort.abort();
  }, [agent, session]);
  const send = async (text: string): Promise<boolean> => {
    const before = sendsAll.value ? turns.flatMap((id) => messagesOf(followers.current.get(id))) : [];
    state.session.value = session;
    const id = await state.start(agent, chatInput(before, text));
    if (id === null) return false;
    setGoing(id);
    setTurns((now) => [...now, id]);
    readSoon();
    return true;
  };
  return {
    turns,
    busy: going !== null,
    going: going === null ? null : (followers.current.get(going) ?? null),
    send,
    opened: (follower) => {
      followers.current.set(follower.id, follower);
      showAgain((times) => times + 1);
    },
    stands: (id, isGoing) => setGoing((now) => (isGoing ? id : now === id ? null : now)),
  };
}

async function turnsOf(agent: string, session: string, abort: AbortSignal): Promise<string[]> {
  try {
    const page = await client.runs.page({ agent, session, limit: MOST_TURNS, signal: abort });
    return page.items.map((run) => run.id).reverse();
  } catch {
    return []; // the page says by itself when the server is away
  }
}

function messagesOf(follower: RunFollower | undefined): Message[] {
  const run = follower?.run.value;
  // By what its events said: the record is read again a moment after its end.
  if (follower === undefined || run == null || follower.status.value !== "succeeded") return [];
  return [
    { role: "user", content: saidIn(run.input) },
    { role: "assistant", content: answeredIn(follower) },
  ];
}
