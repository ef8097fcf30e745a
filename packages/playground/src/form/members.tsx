/** The members of an object. An optional group is not there until it is added. */
import { type Draft, escaped, freshDraft } from "./draft.ts";
import type { Field } from "./fields.ts";
import { kindOf } from "./kind-of.ts";
import type { DraftOf, FieldOf, Part } from "./part.ts";

export function Members({ field, draft, change, pointer, errors, Inner }: Part<FieldOf<"object">, DraftOf<"object">>) {
  const set = (name: string, one: Draft | undefined): void =>
    change({ kind: "object", members: { ...draft.members, [name]: one } });
  if (field.members.length === 0) return <p class="dim">It takes no input.</p>;
  return (
    <div class="members">
      {field.members.map(({ name, required, field: of }) => {
        const inner = of();
        const one = draft.members[name];
        const add = (): void => set(name, freshDraft({ ...inner, nullable: false }));
        if (one === undefined && !isTyped(inner)) return <Absent key={name} {...{ name, add }} field={inner} />;
        return (
          <Inner
            key={name}
            {...{ name, required, errors, Inner }}
            field={inner}
            draft={one ?? { kind: "leaf", text: "" }}
            change={(next) => set(name, next)}
            pointer={`${pointer}/${escaped(name)}`}
            {...(required || isTyped(inner) ? {} : { remove: () => set(name, undefined) })}
          />
        );
      })}
    </div>
  );
}

/** Its emptiness says that it is not there. */
const isTyped = ({ kind }: Field): boolean => kind === "text" || kind === "number" || kind === "json";

function Absent({ name, field, add }: { readonly name: string; readonly field: Field; readonly add: () => void }) {
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
