/**
 * A list of rows of one height, of which only those that are seen are on the page: ten thousand cost what forty cost.
 * It follows its end as long as one has not scrolled away from it. Arrow keys go from row to row.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly label: string;
  readonly count: number;
  readonly rowHeight: number;
  readonly row: (index: number) => ComponentChildren;
  readonly chosen: number | null;
  readonly choose: (index: number | null) => void;
  readonly follow: boolean;
}

const MARGIN = 12;

export function VirtualList({ label, count, rowHeight, row, chosen, choose, follow }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const sized = new ResizeObserver(() => setView({ top: current.scrollTop, height: current.clientHeight }));
    sized.observe(current);
    return () => sized.disconnect();
  }, []);
  useLayoutEffect(() => {
    const { current } = box;
    if (current !== null && follow && atEnd.current) current.scrollTop = current.scrollHeight;
  }, [count, follow]);
  const scrolled = (element: HTMLDivElement): void => {
    atEnd.current = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
    setView({ top: element.scrollTop, height: element.clientHeight });
  };
  const move = (event: KeyboardEvent): void => {
    if (event.key === "Escape") choose(null);
    const next = nextRow(event.key, chosen ?? -1, { count, page: Math.floor(view.height / rowHeight) });
    if (next === null) return;
    event.preventDefault();
    choose(next);
    showRow(box.current, next * rowHeight, rowHeight);
  };
  const first = Math.max(0, Math.floor(view.top / rowHeight) - MARGIN);
  // A row that leaves gives its place on the page to the one that comes.
  const size = Math.ceil(view.height / rowHeight) + 2 * MARGIN + 1;
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + MARGIN);
  return (
    <div
      class="rows"
      style={{ height: `min(${Math.max(count, 1) * rowHeight + 2}px, 62vh)` }}
      ref={box}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      {...(chosen === null ? {} : { "aria-activedescendant": `row-${chosen}` })}
      onScroll={(event) => scrolled(event.currentTarget)}
      onKeyDown={move}
      onClick={(event) => {
        const { target } = event;
        const clicked = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
        if (clicked !== null) choose(Number(clicked.dataset.index));
      }}
    >
      <div role="presentation" style={{ height: `${count * rowHeight}px`, position: "relative" }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, offset) => {
          const index = first + offset;
          return (
            <div
              key={index % size}
              id={`row-${index}`}
              role="option"
              aria-selected={index === chosen}
              aria-posinset={index + 1}
              aria-setsize={count}
              class="vrow"
              style={{ transform: `translateY(${index * rowHeight}px)`, height: `${rowHeight}px` }}
              data-index={index}
              tabIndex={-1}
            >
              {row(index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function nextRow(key: string, at: number, size: { readonly count: number; readonly page: number }): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + size.page,
    PageUp: at - size.page,
    Home: 0,
    End: size.count - 1,
  };
  const next = steps[key];
  return next === undefined || size.count === 0 ? null : Math.min(size.count - 1, Math.max(0, next));
}

function showRow(box: HTMLDivElement | null, top: number, height: number): void {
  if (box === null) return;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + height > box.scrollTop + box.clientHeight) box.scrollTop = top + height - box.clientHeight;
}
