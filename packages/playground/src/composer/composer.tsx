/** Where a run is made: the input as a form or as JSON, the options of the call, and why it was refused. */
import { useState } from "preact/hooks";
import { CopyMenu } from "../copy/copy-menu.tsx";
import { Form } from "../form/form.tsx";
import { useRunKey } from "../parts/keys.ts";
import { Refusal } from "../parts/problem.tsx";
import { TextArea } from "../parts/text-area.tsx";
import { CallOptions } from "./call-options.tsx";
import type { ComposerState } from "./composer-state.ts";

interface Props {
  readonly state: ComposerState;
  readonly agent: string;
  readonly disabled: boolean;
  /** Shows it as a conversation instead; null: it takes no messages. */
  readonly asChat: (() => void) | null;
  readonly started: (runId: string) => void;
}

export function Composer({ state, agent, disabled, asChat, started }: Props) {
  const { tag, type, streams } = state.entrypoint;
  const run = async (): Promise<void> => {
    if (disabled) return;
    const id = await state.start(agent);
    if (id !== null) started(id);
  };
  useRunKey(run);
  return (
    <form
      class="composer"
      aria-label={`Run ${tag}`}
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <div class="bar">
        <h2>{tag}</h2>
        <span class="dim">{[type, streams ? "streams" : ""].filter(Boolean).join(" · ")}</span>
        <span class="spread" />
        {asChat !== null && (
          <button type="button" class="small" onClick={asChat}>
            As chat
          </button>
        )}
        <ModeSwitch state={state} />
      </div>
      <Refusal error={state.failure.value} errors={state.errors.value} id={`in-${tag}`} />
      <InputEditor state={state} />
      <CallOptions state={state} />
      <div class="bar actions">
        <button type="submit" class="primary" disabled={disabled || state.sending.value}>
          Run <kbd>{RUN_KEYS}</kbd>
        </button>
        <span class="spread" />
        <CopyMenu
          call={() => ({
            agent,
            tag,
            streams,
            input: state.inputText() ?? "{}",
            session: state.session.value.trim() || null,
            user: state.user.value.trim() || null,
          })}
        />
      </div>
    </form>
  );
}

function InputEditor({ state }: { readonly state: ComposerState }) {
  const id = `in-${state.entrypoint.tag}`;
  if (state.mode.value === "form") {
    return (
      <Form
        field={state.field}
        draft={state.draft.value}
        change={(draft) => {
          state.draft.value = draft;
        }}
        errors={{ list: state.errors.value, id }}
      />
    );
  }
  return (
    <TextArea
      id={id}
      class="code tall"
      aria-label="Input as JSON"
      value={state.json.value}
      change={(text) => {
        state.json.value = text;
      }}
    />
  );
}

const RUN_KEYS = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘↵" : "Ctrl ↵";

function ModeSwitch({ state }: { readonly state: ComposerState }) {
  const [refused, setRefused] = useState(false);
  const turn = (mode: "form" | "json"): void => setRefused(!state.turnTo(mode));
  if (state.field.kind === "json") return <span class="dim">JSON</span>;
  return (
    <>
      {refused && (
        <span class="wrong" role="status">
          The form cannot show this JSON
        </span>
      )}
      <fieldset class="switch" aria-label="Input as">
        {(["form", "json"] as const).map((mode) => (
          <button key={mode} type="button" aria-pressed={state.mode.value === mode} onClick={() => turn(mode)}>
            {mode === "form" ? "Form" : "JSON"}
          </button>
        ))}
      </fieldset>
    </>
  );
}
