/** Tabs as the ARIA pattern has them: one stop for the Tab key, arrows between them. */
import type { ComponentChildren } from "preact";

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
  readonly count?: number;
}

interface Props<Name extends string> {
  readonly label: string;
  readonly id: string;
  readonly tabs: readonly Tab<Name>[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
  readonly children: ComponentChildren;
}

export function Tabs<Name extends string>({ label, id, tabs, chosen, choose, children }: Props<Name>) {
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((one) => one.name === chosen);
    const next =
      tabs[step === "first" ? 0 : step === "last" ? tabs.length - 1 : (at + step + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next.name);
    document.getElementById(`${id}-${next.name}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((one) => (
          <button
            key={one.name}
            type="button"
            role="tab"
            id={`${id}-${one.name}`}
            aria-selected={one.name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={one.name === chosen ? 0 : -1}
            onClick={() => choose(one.name)}
          >
            {one.label}
            {one.count !== undefined && one.count > 0 && <span class="count">{one.count.toLocaleString("en")}</span>}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </>
  );
}

const STEPS: Readonly<Record<string, number | "first" | "last">> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: "first",
  End: "last",
};
