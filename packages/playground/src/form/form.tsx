/** The form of a schema: the root's members stand without a frame, everything inside has its name and its errors. */
import type { Draft } from "./draft.ts";
import type { Field } from "./fields.ts";
import { Labelled } from "./labelled.tsx";
import { Members } from "./members.tsx";
import type { Errors } from "./part.ts";

interface Props {
  readonly field: Field;
  readonly draft: Draft;
  readonly change: (draft: Draft) => void;
  readonly errors: Errors;
}

export function Form({ field, draft, change, errors }: Props) {
  if (field.kind === "object" && draft.kind === "object") {
    return <Members {...{ field, draft, change, errors }} pointer="" Inner={Labelled} />;
  }
  return <Labelled name="input" required {...{ field, draft, change, errors }} pointer="" Inner={Labelled} />;
}
