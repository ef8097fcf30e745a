/** A text area that is as tall as its text, up to a bound. */
import type { ComponentProps } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

const TALLEST = 320;

type Props = Omit<ComponentProps<"textarea">, "onInput" | "value" | "ref"> & {
  readonly value: string;
  readonly change: (text: string) => void;
};

export function TextArea({ value, change, ...rest }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const { current } = area;
    if (current === null) return;
    current.style.height = "auto";
    current.style.height = `${Math.min(TALLEST, current.scrollHeight + 2)}px`;
  }, [value]);
  return (
    <textarea
      rows={1}
      spellcheck={false}
      {...rest}
      ref={area}
      value={value}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}
