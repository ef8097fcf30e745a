/** What may be longer than its place: it can be scrolled by keys, which not every browser allows without a stop for Tab. */
import type { ComponentChildren } from "preact";

interface Props {
  readonly label: string;
  readonly class: string;
  readonly children: ComponentChildren;
}

export function Scroll({ label, class: name, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it a keyboard cannot scroll it
    <section class={`scroll ${name}`} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
