/** The form of a schema. Errors stand at their fields, named by their pointers; every field has its label. */
import type { PointedError } from "@runagent/sdk";
import type { ComponentChildren } from "preact";
import { chosen, type Draft, escaped, freshDraft } from "./draft.ts";
import type { Field, Member } from "./fields.ts";
import { Leaf } from "./leaf.tsx";

export interface Errors {
  readonly list: readonly PointedError[];
  /** Begins the ids of the fields: two forms may stand on one page. */
  readonly id: string;
}

interface Props<K extends Draft["kind"] = Draft["kind"]> {
  readonly field: Field;
  readonly draft: Extract<Draft, { kind: K }>;
  readonly change: (draft: Draft) => void;
  readonly pointer: string;
  readonly errors: Errors;
}

/** The root: its members stand without a frame. */
export function Form(props: { field: Field; draft: Draft; change: (draft: Draft) => void; errors: Errors }) {
  const { field, draft, change, errors } = props;
  if (field.kind === "object" && draft.kind === "object") {
    return <Members members={field.members} draft={draft} {...{ field, change, errors }} pointer="" />;
  }
  return <Labelled name="input" required {...{ field, draft, change, errors }} pointer="" />;
}

function Members(props: Props<"object"> & { readonly members: readonly Member[] }) {
  const { members, draft, change, pointer, errors } = props;
  const set = (name: string, one: Draft | undefined): void =>
    change({ kind: "object", members: { ...draft.members, [name]: one } });
  if (members.length === 0) return <p class="dim">It takes no input.</p>;
  return (
    <div class="members">
      {members.map(({ name, required, field }) => {
        const inner = field();
        const one = draft.members[name];
        const at = `${pointer}/${escaped(name)}`;
        const isLeaf = inner.kind === "text" || inner.kind === "number" || inner.kind === "json";
        if (one === undefined && !isLeaf) {
          return (
            <Absent
              key={name}
              name={name}
              field={inner}
              add={() => set(name, freshDraft({ ...inner, nullable: false }))}
            />
          );
        }
        return (
          <Labelled
            key={name}
            {...{ name, required, errors }}
            field={inner}
            draft={one ?? { kind: "leaf", text: "" }}
            change={(next) => set(name, next)}
            pointer={at}
            {...(required || isLeaf ? {} : { remove: () => set(name, undefined) })}
          />
        );
      })}
    </div>
  );
}

/** An optional part that is not there. */
function Absent({ name, field, add }: { name: string; field: Field; add: () => void }) {
  return (
    <div class="field absent">
      <span class="label">
        <span class="name">{name}</span> <span class="dim">{kindOf(field)}, optional</span>
      </span>
      <button type="button" class="small" onClick={add} aria-label={`Add ${name}`}>
        Add
      </button>
    </div>
  );
}

type LabelledProps = Omit<Props, "draft"> & {
  readonly draft: Draft;
  readonly name: string;
  readonly required: boolean;
  readonly remove?: () => void;
};

function Labelled(props: LabelledProps) {
  const { name, required, field, draft, pointer, errors, change } = props;
  const id = `${errors.id}${pointer}`;
  const own = errors.list.filter((one) => one.pointer === pointer);
  const isGroup = field.kind === "object" || field.kind === "list" || field.kind === "variants";
  const heading: ComponentChildren = (
    <>
      <span class="name">{name}</span>{" "}
      <span class="dim">{[kindOf(field), required ? "" : "optional"].filter(Boolean).join(", ")}</span>
    </>
  );
  const notes = (
    <>
      {field.description !== null && (
        <p class="about" id={`${id}?about`}>
          {field.description}
        </p>
      )}
      {own.map((one) => (
        <p class="wrong" id={`${id}?wrong`} key={one.detail}>
          {one.detail}
        </p>
      ))}
    </>
  );
  const { remove } = props;
  const removal = remove !== undefined && (
    <button type="button" class="small quiet" onClick={remove} aria-label={`Remove ${name}`}>
      Remove
    </button>
  );
  if (draft.kind === "null") {
    return (
      <div class="field">
        <span class="label">{heading}</span>
        <div class="row">
          <code>null</code>
          <button type="button" class="small" onClick={() => change(freshDraft({ ...field, preset: null }))}>
            Set a value
          </button>
          {removal}
        </div>
        {notes}
      </div>
    );
  }
  if (isGroup) {
    return (
      <fieldset class="field group" id={id} tabIndex={-1}>
        <legend class="label">{heading}</legend>
        {removal}
        {notes}
        <Group {...{ field, draft, change, pointer, errors }} />
      </fieldset>
    );
  }
  const described = [field.description === null ? "" : `${id}?about`, own.length === 0 ? "" : `${id}?wrong`];
  return (
    <div class={`field ${field.kind}`}>
      <label class="label" for={id}>
        {heading}
      </label>
      {draft.kind === "leaf" && (
        <Leaf
          {...{ field, id, required }}
          text={draft.text}
          change={(text) => change({ kind: "leaf", text })}
          isWrong={own.length > 0}
          describedBy={described.filter(Boolean).join(" ")}
        />
      )}
      {removal}
      {notes}
    </div>
  );
}

function Group({ field, draft, change, pointer, errors }: Props) {
  if (field.kind === "object" && draft.kind === "object") {
    return <Members members={field.members} {...{ field, draft, change, pointer, errors }} />;
  }
  if (field.kind === "list" && draft.kind === "list") return <Items {...{ field, draft, change, pointer, errors }} />;
  if (field.kind !== "variants" || draft.kind !== "variant") return null;
  const inner = field.variants[draft.chosen]?.field();
  return (
    <>
      <select
        aria-label="Form"
        value={draft.chosen}
        onChange={(event) => {
          const index = Number(event.currentTarget.value);
          change({ kind: "variant", chosen: index, draft: chosen(field, index) });
        }}
      >
        {field.variants.map((one, index) => (
          <option key={index} value={index}>
            {one.label}
          </option>
        ))}
      </select>
      {inner !== undefined && (
        <Labelled
          name={field.variants[draft.chosen]?.label ?? ""}
          required
          field={inner}
          draft={draft.draft}
          change={(next) => change({ ...draft, draft: next })}
          {...{ pointer, errors }}
        />
      )}
    </>
  );
}

function Items({
  field,
  draft,
  change,
  pointer,
  errors,
}: Props<"list"> & { readonly field: Extract<Field, { kind: "list" }> }) {
  const item = field.item();
  const put = (items: readonly Draft[]): void => change({ kind: "list", items });
  return (
    <div class="members">
      {draft.items.map((one, index) => (
        <Labelled
          key={index}
          name={`${index + 1}`}
          required
          field={item}
          draft={one}
          change={(next) => put(draft.items.with(index, next))}
          remove={() => put(draft.items.toSpliced(index, 1))}
          pointer={`${pointer}/${index}`}
          errors={errors}
        />
      ))}
      <button type="button" class="small" onClick={() => put([...draft.items, freshDraft(item)])}>
        Add item
      </button>
    </div>
  );
}

function kindOf(field: Field): string {
  switch (field.kind) {
    case "text":
      return field.format ?? "text";
    case "number":
      return [field.whole ? "integer" : "number", field.bounds].filter(Boolean).join(", ");
    case "variants":
      return "one of several";
    case "json":
      return "JSON";
    case "boolean":
    case "choice":
    case "object":
    case "list":
      return field.kind;
  }
}
