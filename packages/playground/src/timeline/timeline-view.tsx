/** The bars of a run. Each is also a sentence for those who do not see it. */
import { useMemo, useState } from "preact/hooks";
import { duration, plural } from "../parts/format.ts";
import { VirtualList } from "../parts/virtual-list.tsx";
import { isOver, type RunFollower } from "../run/run-follower.ts";
import { type Span, type Timeline, timelineOf } from "./spans.ts";

const ROW = 28;
const TICKS = 5;

export function TimelineView({ follower }: { readonly follower: RunFollower }) {
  const [chosen, choose] = useState<number | null>(null);
  const frame = follower.frame.value;
  const line = useMemo(() => timelineOf(follower.arrivals), [follower, frame]);
  const { spans, unit } = line;
  const end = Math.max(line.end, unit === "ms" && isOver(follower.run.value) ? 1 : 0, 1);
  return (
    <div class="timeline">
      {unit === "events" && (
        <p class="dim">This browser did not see the run live: the axis counts events, it does not show time.</p>
      )}
      <div class="axis" aria-hidden="true">
        <span class="head">{plural(spans.length, "bar")}</span>
        <span class="scale">
          {Array.from({ length: TICKS }, (_, tick) => (
            <span key={tick} style={{ left: `${(100 * tick) / (TICKS - 1)}%` }}>
              {reading((end * tick) / (TICKS - 1), unit)}
            </span>
          ))}
        </span>
      </div>
      <VirtualList
        label="Timeline"
        count={spans.length}
        rowHeight={ROW}
        row={(index) => <Bar span={spans[index]} end={end} unit={unit} />}
        chosen={chosen}
        choose={choose}
        follow={follower.status.value === "running"}
      />
    </div>
  );
}

function Bar({
  span,
  end,
  unit,
}: {
  readonly span: Span | undefined;
  readonly end: number;
  readonly unit: Timeline["unit"];
}) {
  if (span === undefined) return null;
  const to = span.open ? end : span.to;
  const took = unit === "ms" ? duration(to - span.from) : plural(span.events, "event");
  const left = (100 * span.from) / end;
  return (
    <>
      <span class="head">
        <span class="name">{span.label}</span>
      </span>
      <span class="lane">
        <span
          class={`bar-of ${span.kind}${span.failed ? " failed" : ""}${span.open ? " open" : ""}`}
          style={{ left: `${left}%`, width: `max(3px, ${(100 * (to - span.from)) / end}%)` }}
        />
      </span>
      <span class="num took">
        {span.kind === "end" ? reading(span.from, unit) : took}
        <span class="unseen">
          , from {reading(span.from, unit)}
          {span.failed ? ", failed" : ""}
        </span>
      </span>
    </>
  );
}

const reading = (value: number, unit: Timeline["unit"]): string =>
  unit === "ms" ? duration(value) : `#${Math.round(value)}`;
