/** What goes beside the input: the session, the user it is for, the deadline. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ComposerState } from "./composer-state.ts";
import { newSession } from "./random-name.ts";

export function CallOptions({ state }: { readonly state: ComposerState }) {
  const { tag } = state.entrypoint;
  const said = [state.session.value, state.user.value, state.timeout.value].filter((one) => one.trim() !== "").length;
  return (
    <details class="options">
      <summary>
        Options{" "}
        {state.session.value.trim() !== "" && (
          <span class="dim">
            session <code>{state.session.value}</code>
          </span>
        )}
        {said > 0 && state.session.value.trim() === "" && <span class="dim">{said} set</span>}
      </summary>
      <div class="members">
        <Option id={`${tag}-session`} name="Session" about="runs of one session share its state" value={state.session}>
          <button
            type="button"
            class="small"
            onClick={() => {
              state.session.value = newSession();
            }}
          >
            New
          </button>
        </Option>
        <Option id={`${tag}-user`} name="User" about="whom the run is for" value={state.user} />
        <Option id={`${tag}-timeout`} name="Timeout" about="seconds" value={state.timeout} />
      </div>
    </details>
  );
}

interface Props {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly value: Signal<string>;
  readonly children?: ComponentChildren;
}

function Option({ id, name, about, value, children }: Props) {
  return (
    <div class="field">
      <label class="label" for={id}>
        <span class="name">{name}</span> <span class="dim">{about}</span>
      </label>
      <div class="row">
        <input
          id={id}
          autocomplete="off"
          value={value.value}
          onInput={(event) => {
            value.value = event.currentTarget.value;
          }}
        />
        {children}
      </div>
    </div>
  );
}
