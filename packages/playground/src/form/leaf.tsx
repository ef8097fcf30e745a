/** A field that holds one value. */

import { TextArea } from "../parts/text-area.tsx";
import type { Field } from "./fields.ts";

interface Props {
  readonly field: Field;
  readonly id: string;
  readonly text: string;
  readonly required: boolean;
  readonly change: (text: string) => void;
  readonly isWrong: boolean;
  readonly describedBy: string;
}

export function Leaf({ field, id, text, required, change, isWrong, describedBy }: Props) {
  const common = {
    id,
    "aria-invalid": isWrong,
    "aria-required": required,
    ...(describedBy === "" ? {} : { "aria-describedby": describedBy }),
  };
  switch (field.kind) {
    case "boolean":
      return (
        <input
          {...common}
          type="checkbox"
          checked={text === "true"}
          onChange={(event) => change(String(event.currentTarget.checked))}
        />
      );
    case "choice":
      return (
        <select {...common} value={text} onChange={(event) => change(event.currentTarget.value)}>
          {field.values.map((one) => (
            <option key={one.text} value={one.text}>
              {one.label}
            </option>
          ))}
        </select>
      );
    case "number":
      return (
        <input
          {...common}
          inputMode={field.whole ? "numeric" : "decimal"}
          autocomplete="off"
          value={text}
          placeholder={placeholder(field)}
          onInput={(event) => change(event.currentTarget.value)}
        />
      );
    case "text":
    case "json":
      return (
        <TextArea
          {...common}
          class={field.kind === "json" ? "code" : ""}
          value={text}
          placeholder={placeholder(field)}
          change={change}
        />
      );
    default:
      return null;
  }
}

const placeholder = (field: Field): string => (field.preset === null || field.preset === "null" ? "" : field.preset);
