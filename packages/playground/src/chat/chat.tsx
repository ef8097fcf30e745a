/**
 * A conversation: the runs of one session, one after the other, and the next turn. The session keeps what was said; for
 * an agent that keeps nothing the page can send all of it with every turn.
 */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type ComposerState, composerOf, type Entrypoint } from "../composer/composer-state.ts";
import { newSession } from "../composer/random-name.ts";
import { CopyMenu } from "../copy/copy-menu.tsx";
import { Refusal } from "../parts/problem.tsx";
import { TextArea } from "../parts/text-area.tsx";
import { go } from "../router.ts";
import type { RunFollower } from "../run/run-follower.ts";
import { chatInput } from "./conversation.ts";
import { Turn } from "./turn.tsx";
import { sendsAll, useTurns } from "./use-turns.ts";

interface Props {
  readonly entrypoint: Entrypoint;
  readonly agent: string;
  readonly session: string;
  readonly disabled: boolean;
  readonly asForm: () => void;
}

export function Chat({ entrypoint, agent, session, disabled, asForm }: Props) {
  const end = useRef<HTMLDivElement>(null);
  const state = composerOf(entrypoint);
  const talk = useTurns(state, agent, session);
  useEffect(() => end.current?.scrollIntoView({ block: "end" }), [talk.turns.length]);
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
        {talk.turns.length === 0 && <p class="dim">Say something: this session is new.</p>}
        {talk.turns.map((id) => (
          <Turn key={id} id={id} opened={talk.opened} stands={talk.stands} />
        ))}
        <div class="end" ref={end} />
      </div>
      <Say {...{ state, agent, disabled, session }} send={talk.send} busy={talk.busy} going={talk.going} />
    </section>
  );
}

interface SayProps {
  readonly state: ComposerState;
  readonly agent: string;
  readonly session: string;
  readonly disabled: boolean;
  readonly send: (text: string) => Promise<boolean>;
  readonly busy: boolean;
  /** The run that is answering now. */
  readonly going: RunFollower | null;
}

const typed: Signal<string> = signal("");

function Say({ state, agent, session, disabled, send, busy, going }: SayProps) {
  const { tag, streams } = state.entrypoint;
  const submit = async (): Promise<void> => {
    const text = typed.value;
    if (text.trim() === "" || disabled || busy) return;
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
        {busy ? (
          <button type="button" class="danger" disabled={going === null} onClick={() => void going?.cancel()}>
            Cancel
          </button>
        ) : (
          <button type="submit" class="primary" disabled={disabled || state.sending.value}>
            Send
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
