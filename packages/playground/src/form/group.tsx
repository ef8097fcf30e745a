/** What stands inside an object, a list, or one of several shapes. */
import { chosen, type Draft, freshDraft } from "./draft.ts";
import { Members } from "./members.tsx";
import type { DraftOf, FieldOf, Part } from "./part.ts";

export function Group({ field, draft, change, pointer, errors, Inner }: Part) {
  const rest = { change, pointer, errors, Inner };
  if (field.kind === "object" && draft.kind === "object") return <Members {...{ field, draft }} {...rest} />;
  if (field.kind === "list" && draft.kind === "list") return <Items {...{ field, draft }} {...rest} />;
  if (field.kind === "variants" && draft.kind === "variant") return <Variant {...{ field, draft }} {...rest} />;
  return null;
}

function Variant({ field, draft, change, pointer, errors, Inner }: Part<FieldOf<"variants">, DraftOf<"variant">>) {
  const variant = field.variants[draft.chosen];
  const choose = (index: number): void => change({ kind: "variant", chosen: index, draft: chosen(field, index) });
  return (
    <>
      <select aria-label="Form" value={draft.chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {field.variants.map((one, index) => (
          <option key={index} value={index}>
            {one.label}
          </option>
        ))}
      </select>
      {variant !== undefined && (
        <Inner
          name={variant.label}
          required
          field={variant.field()}
          draft={draft.draft}
          change={(next) => change({ ...draft, draft: next })}
          {...{ pointer, errors, Inner }}
        />
      )}
    </>
  );
}

function Items({ field, draft, change, pointer, errors, Inner }: Part<FieldOf<"list">, DraftOf<"list">>) {
  const item = field.item();
  const put = (items: readonly Draft[]): void => change({ kind: "list", items });
  return (
    <div class="members">
      {draft.items.map((one, index) => (
        <Inner
          key={index}
          name={`${index + 1}`}
          required
          field={item}
          draft={one}
          change={(next) => put(draft.items.with(index, next))}
          remove={() => put(draft.items.filter((_, at) => at !== index))}
          pointer={`${pointer}/${index}`}
          {...{ errors, Inner }}
        />
      ))}
      <button type="button" class="small" onClick={() => put([...draft.items, freshDraft(item)])}>
        Add item
      </button>
    </div>
  );
}
