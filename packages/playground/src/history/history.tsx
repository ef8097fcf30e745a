/** The last runs with a filter; any two of them can be compared. */

import type { Run } from "@runagent/sdk";
import { saidIn } from "../chat/conversation.ts";
import { clock, duration, shortId } from "../parts/format.ts";
import { brief, isRecord } from "../parts/json.ts";
import { Status } from "../parts/status.tsx";
import { hashOf, place } from "../router.ts";
import { agent } from "../server/state.ts";
import { more, pick, picked, readMore, readSoon, shownRuns, wanted } from "./history-state.ts";
import { RUN_STATES } from "./run-states.ts";

export function History() {
  const list = shownRuns.value;
  return (
    <section class="history" aria-label="History">
      <h2>Runs</h2>
      <Filter />
      <CompareLink />
      {list.length === 0 && <p class="dim">No runs{isFiltered() ? " that fit" : " yet"}.</p>}
      <ul>
        {list.map((run) => (
          <Row key={run.id} run={run} />
        ))}
      </ul>
      {more.value !== null && (
        <button type="button" class="small" onClick={() => void readMore()}>
          Older runs
        </button>
      )}
    </section>
  );
}

const isFiltered = (): boolean => Object.values(wanted).some((one) => one.value !== "");

function Filter() {
  const tags = agent.value?.entrypoints.map((one) => one.tag) ?? [];
  return (
    <search class="filter" aria-label="Filter the runs">
      <input
        type="search"
        placeholder="Filter"
        aria-label="Text in the run"
        value={wanted.text.value}
        onInput={(event) => {
          wanted.text.value = event.currentTarget.value;
        }}
      />
      <div class="row">
        <select
          aria-label="Status"
          value={wanted.status.value}
          onChange={(event) => {
            wanted.status.value = RUN_STATES.find((one) => one === event.currentTarget.value) ?? "";
            readSoon();
          }}
        >
          <option value="">any status</option>
          {RUN_STATES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
        <select
          aria-label="Entrypoint"
          value={wanted.tag.value}
          onChange={(event) => {
            wanted.tag.value = event.currentTarget.value;
          }}
        >
          <option value="">any entrypoint</option>
          {tags.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
    </search>
  );
}

function CompareLink() {
  const [a, b] = picked.value;
  if (a === undefined) return null;
  if (b === undefined) return <p class="dim">Choose a second run to compare with {shortId(a)}.</p>;
  return (
    <a class="button" href={hashOf({ kind: "compare", a, b })}>
      Compare {shortId(a)} and {shortId(b)}
    </a>
  );
}

/** Of messages only what was said last. */
const asked = ({ input }: Run): unknown => (isRecord(input) && Array.isArray(input.messages) ? saidIn(input) : input);

function Row({ run }: { readonly run: Run }) {
  const here = place.value;
  const isHere = here.kind === "run" && here.id === run.id;
  return (
    <li class={isHere ? "here" : ""}>
      <a href={hashOf({ kind: "run", id: run.id })} {...(isHere ? { "aria-current": "page" } : {})}>
        <span class="bar">
          <Status status={run.status} />
          <span class="name">{run.tag}</span>
          <span class="spread" />
          <span class="dim num">{run.ended_at === null ? clock(run.created_at) : duration(run.usage.duration_ms)}</span>
        </span>
        <span class="preview dim">{brief(asked(run), 90)}</span>
      </a>
      <label class="pick" title="Compare">
        <input
          type="checkbox"
          checked={picked.value.includes(run.id)}
          onChange={() => pick(run.id)}
          aria-label={`Compare run ${shortId(run.id)}`}
        />
      </label>
    </li>
  );
}
