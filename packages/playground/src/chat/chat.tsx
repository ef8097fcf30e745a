/**
 * A conversation: the runs of one session, one after the other, and the next turn. The session keeps what was said; for
 * an agent that keeps nothing the page can send all of it with every turn.
 */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { type ComposerState, composerOf, type Entrypoint } from "../composer/composer-state.ts";
import { newSession } from "../composer/random-name.ts";
import { CopyMenu } from "../copy/copy-menu.tsx";
import { readSoon } from "../history/history-state.ts";
import { Refusal } from "../parts/problem.tsx";
import { TextArea } from "../parts/text-area.tsx";
import { go } from "../router.ts";
import type { RunFollower } from "../run/run-follower.ts";
import { client } from "../server/client.ts";
import { answeredIn, chatInput, type Message, saidIn } from "./conversation.ts";
import { Turn } from "./turn.tsx";

interface Props {
  readonly entrypoint: Entrypoint;
  readonly agent: string;
  readonly session: string;
  readonly disabled: boolean;
  readonly asForm: () => void;
}

const MOST_TURNS = 50;

/** Whether every turn carries the whole conversation. */
const sendsAll = signal(false);

export function Chat({ entrypoint, agent, session, disabled, asForm }: Props) {
  const [turns, setTurns] = useState<readonly string[]>([]);
  const [going, setGoing] = useState<string | null>(null);
  const followers = useRef(new Map<string, RunFollower>());
  const end = useRef<HTMLDivElement>(null);
  const state = composerOf(entrypoint);
  useEffect(() => {
    const abort = new AbortController();
    void turnsOf(agent, session, abort.signal).then((ids) => {
      if (!abort.signal.aborted) setTurns((now) => [...ids, ...now.filter((id) => !ids.includes(id))]);
    });
    return () => abort.abort();
  }, [agent, session]);
  useEffect(() => end.current?.scrollIntoView({ block: "end" }), [turns.length]);
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
  return (
    <section class="chat" aria-label={`Conversation with ${entrypoint.tag}`}>
      <div class="bar">
        <h2>{entrypoint.tag}</h2>
        <span class="dim">
          session <code>{session}</code>
        </span>
        <span class="spread" />
        <button type="button" onClick={() => go({ kind: "session", tag: entrypoint.tag, session: newSession() })}>
          New session
        </button>
        <button type="button" onClick={asForm}>
          As form
        </button>
      </div>
      <div class="turns">
        {turns.length === 0 && <p class="dim">Say something: this session is new.</p>}
        {turns.map((id) => (
          <Turn
            key={id}
            id={id}
            opened={(follower) => followers.current.set(id, follower)}
            ended={() => setGoing((now) => (now === id ? null : now))}
          />
        ))}
        <div ref={end} />
      </div>
      <Say
        {...{ state, agent, disabled, send, session }}
        going={going === null ? null : (followers.current.get(going) ?? null)}
      />
    </section>
  );
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
  if (follower === undefined || run == null || run.status !== "succeeded") return [];
  return [
    { role: "user", content: saidIn(run.input) },
    { role: "assistant", content: answeredIn(follower) },
  ];
}

interface SayProps {
  readonly state: ComposerState;
  readonly agent: string;
  readonly session: string;
  readonly disabled: boolean;
  readonly send: (text: string) => Promise<boolean>;
  /** The run that is answering now. */
  readonly going: RunFollower | null;
}

const typed: Signal<string> = signal("");

function Say({ state, agent, session, disabled, send, going }: SayProps) {
  const { tag, streams } = state.entrypoint;
  const submit = async (): Promise<void> => {
    const text = typed.value;
    if (text.trim() === "" || disabled || going !== null) return;
    if (await send(text)) typed.value = "";
  };
  return (
    <form
      class="say"
      aria-label="Next turn"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Refusal error={state.failure.value} errors={state.errors.value} id={`say-${tag}`} />
      <div class="row">
        <TextArea
          id={`say-${tag}`}
          aria-label="Message"
          placeholder="Message"
          value={typed.value}
          change={(text) => {
            typed.value = text;
          }}
          onKeyDown={(event) => {
            // Enter sends, as in every chat; Shift+Enter begins a line. While a word is composed, Enter is the composer's.
            if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            void submit();
          }}
        />
        {going === null ? (
          <button type="submit" class="primary" disabled={disabled || state.sending.value}>
            Send
          </button>
        ) : (
          <button type="button" class="danger" onClick={() => void going.cancel()}>
            Cancel
          </button>
        )}
      </div>
      <div class="bar">
        <label class="check">
          <input
            type="checkbox"
            checked={sendsAll.value}
            onChange={(event) => {
              sendsAll.value = event.currentTarget.checked;
            }}
          />{" "}
          Send the whole conversation
        </label>
        <span class="spread" />
        <CopyMenu call={() => ({ agent, tag, streams, session, user: null, input: chatInput([], typed.value) })} />
      </div>
    </form>
  );
}
