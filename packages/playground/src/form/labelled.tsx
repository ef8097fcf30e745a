/** A field with its name, its description and what is wrong with it. */
import { type Draft, freshDraft } from "./draft.ts";
import { Group } from "./group.tsx";
import { kindOf } from "./kind-of.ts";
import { Leaf } from "./leaf.tsx";
import type { Named as Props } from "./part.ts";

export function Labelled(props: Props) {
  const { field, draft } = props;
  if (draft.kind === "null") return <Null {...props} />;
  if (field.kind === "object" || field.kind === "list" || field.kind === "variants") return <Grouped {...props} />;
  return draft.kind === "leaf" ? <Typed {...props} text={draft.text} /> : null;
}

function Grouped(props: Props) {
  return (
    <fieldset class="field group" id={idOf(props)} tabIndex={-1}>
      <legend class="label">
        <Heading {...props} />
      </legend>
      <Remove {...props} />
      <Notes {...props} />
      <Group {...props} />
    </fieldset>
  );
}

function Typed(props: Props & { readonly text: string }) {
  const { field, text, required, change } = props;
  const id = idOf(props);
  const isWrong = wrongIn(props).length > 0;
  const described = [field.description === null ? "" : `${id}?about`, isWrong ? `${id}?wrong` : ""];
  return (
    <div class={`field ${field.kind}`}>
      <label class="label" for={id}>
        <Heading {...props} />
      </label>
      <Leaf
        {...{ field, id, required, text, isWrong }}
        change={(typed) => change({ kind: "leaf", text: typed })}
        describedBy={described.filter(Boolean).join(" ")}
      />
      <Remove {...props} />
      <Notes {...props} />
    </div>
  );
}

function Null(props: Props) {
  const value = (): Draft => freshDraft({ ...props.field, preset: null });
  return (
    <div class="field">
      <span class="label">
        <Heading {...props} />
      </span>
      <div class="row">
        <code>null</code>
        <button type="button" class="small" onClick={() => props.change(value())}>
          Set a value
        </button>
        <Remove {...props} />
      </div>
      <Notes {...props} />
    </div>
  );
}

function Heading({ name, field, required }: Props) {
  return (
    <>
      <span class="name">{name}</span>{" "}
      <span class="dim">{required ? kindOf(field) : `${kindOf(field)}, optional`}</span>
    </>
  );
}

function Remove({ name, remove }: Props) {
  if (remove === undefined) return null;
  return (
    <button type="button" class="small quiet" onClick={remove} aria-label={`Remove ${name}`}>
      Remove
    </button>
  );
}

function Notes(props: Props) {
  const id = idOf(props);
  const { description } = props.field;
  const wrong = wrongIn(props);
  return (
    <>
      {description !== null && (
        <p class="about" id={`${id}?about`}>
          {description}
        </p>
      )}
      {wrong.length > 0 && (
        <p class="wrong" id={`${id}?wrong`}>
          {wrong.map((one) => one.detail).join("; ")}
        </p>
      )}
    </>
  );
}

const idOf = ({ errors, pointer }: Props): string => `${errors.id}${pointer}`;
const wrongIn = ({ errors, pointer }: Props) => errors.list.filter((one) => one.pointer === pointer);
