/** Every event and log line of a run, in the order they came: ten thousand scroll as ten do. One is shown whole below. */
import { useState } from "preact/hooks";
import { duration } from "../parts/format.ts";
import { brief } from "../parts/json.ts";
import { Json } from "../parts/json-text.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import type { Arrival, RunFollower } from "./run-follower.ts";

const ROW = 26;

export function EventsView({ follower }: { readonly follower: RunFollower }) {
  const [chosen, choose] = useState<number | null>(null);
  void follower.frame.value;
  const { arrivals } = follower;
  const shown = chosen === null ? undefined : arrivals[chosen];
  return (
    <div class="events">
      <VirtualList
        label="Events"
        count={arrivals.length}
        rowHeight={ROW}
        row={(index) => <Row arrival={arrivals[index]} />}
        chosen={chosen}
        choose={choose}
        follow={follower.status.value === "running"}
      />
      {shown !== undefined && (
        <section class="shown" aria-label="Event">
          <div class="bar">
            <h3>
              {shown.event.n ?? ""} {shown.event.type}
            </h3>
            <span class="dim">{shown.at === null ? "" : `after ${duration(shown.at)}`}</span>
            <span class="spread" />
            <button type="button" class="small quiet" onClick={() => choose(null)}>
              Close
            </button>
          </div>
          <Json text={shown.event.raw} />
        </section>
      )}
    </div>
  );
}

function Row({ arrival }: { readonly arrival: Arrival | undefined }) {
  if (arrival === undefined) return null;
  const { event, at } = arrival;
  return (
    <>
      <span class="num n">{event.n ?? ""}</span>
      <span class="num at">{at === null ? "" : duration(at)}</span>
      <span class={`type ${event.type.replace(".", "-")}`}>{event.type}</span>
      <span class="preview">{event.type === "log" ? event.data.message : brief(event.raw)}</span>
    </>
  );
}
