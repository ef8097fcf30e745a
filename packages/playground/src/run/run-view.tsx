/** One run: how it stands, and what it did as a text, as events, over time, as logs, as its record. */
import { signal } from "@preact/signals";
import type { Run } from "@runagent/sdk";
import { useEffect, useState } from "preact/hooks";
import { CopyMenu } from "../copy/copy-menu.tsx";
import { count, duration, shortId } from "../parts/format.ts";
import { Json } from "../parts/json-text.tsx";
import { Failure } from "../parts/problem.tsx";
import { Status } from "../parts/status.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { hashOf } from "../router.ts";
import { agent } from "../server/state.ts";
import { TimelineView } from "../timeline/timeline-view.tsx";
import { Transcript } from "../transcript/transcript.tsx";
import { EventsView } from "./events-view.tsx";
import { LogsView } from "./logs-view.tsx";
import type { RunFollower } from "./run-follower.ts";
import { useFollower } from "./use-follower.ts";

type Name = "output" | "events" | "timeline" | "logs" | "record";

/** Stays from run to run. */
const chosen = signal<Name>("output");

export function RunView({ id }: { readonly id: string }) {
  const follower = useFollower(id);
  return follower === null ? null : <Followed follower={follower} />;
}

function Followed({ follower }: { readonly follower: RunFollower }) {
  void follower.frame.value;
  const run = follower.run.value;
  if (run === null) {
    if (follower.failure.value === null) return <p class="dim">Reading the run</p>;
    return <Failure error={follower.failure.value} />;
  }
  const events = follower.arrivals.at(-1) === undefined ? 0 : lastNumber(follower);
  return (
    <section class="run" aria-label={`Run ${shortId(run.id)}`}>
      <Head follower={follower} run={run} />
      {follower.failure.value !== null && <Failure error={follower.failure.value} />}
      <Tabs
        label="Views of the run"
        id="view"
        tabs={[
          { name: "output", label: "Output" },
          { name: "events", label: "Events", count: events },
          { name: "timeline", label: "Timeline" },
          { name: "logs", label: "Logs", count: follower.logs.length },
          { name: "record", label: "Record" },
        ]}
        chosen={chosen.value}
        choose={(name) => {
          chosen.value = name;
        }}
      >
        <Panel name={chosen.value} follower={follower} run={run} />
      </Tabs>
    </section>
  );
}

function lastNumber({ arrivals }: RunFollower): number {
  for (let at = arrivals.length - 1; at >= 0; at -= 1) {
    const n = arrivals[at]?.event.n;
    if (n != null) return n;
  }
  return 0;
}

function Panel({ name, follower, run }: { readonly name: Name; readonly follower: RunFollower; readonly run: Run }) {
  switch (name) {
    case "output":
      return <Transcript follower={follower} />;
    case "events":
      return <EventsView follower={follower} />;
    case "timeline":
      return <TimelineView follower={follower} />;
    case "logs":
      return <LogsView logs={follower.logs} madeAt={run.created_at} />;
    case "record":
      return <Json text={JSON.stringify(run)} />;
  }
}

function Head({ follower, run }: { readonly follower: RunFollower; readonly run: Run }) {
  const status = follower.status.value ?? run.status;
  const entrypoint = agent.value?.entrypoints.find((one) => one.tag === run.tag);
  const isGoing = status === "running" || status === "queued" || status === "waiting";
  return (
    <header class="bar run-head">
      <Status status={status} />
      <h2>
        <a href={hashOf({ kind: "run", id: run.id })} title={run.id}>
          <span class="unseen">Run </span>
          {run.tag} <code>{shortId(run.id)}</code>
        </a>
      </h2>
      <Facts run={run} isGoing={isGoing} />
      <span class="spread" />
      {isGoing && (
        <button type="button" class="danger" onClick={() => void follower.cancel()}>
          Cancel
        </button>
      )}
      <CopyMenu
        call={() => ({
          agent: run.agent,
          tag: run.tag,
          input: JSON.stringify(run.input),
          session: run.session,
          user: run.user,
          streams: entrypoint?.streams ?? false,
        })}
      />
    </header>
  );
}

function Facts({ run, isGoing }: { readonly run: Run; readonly isGoing: boolean }) {
  const { input_tokens, output_tokens, duration_ms } = run.usage;
  return (
    <dl class="facts">
      <dt>Time</dt>
      <dd>{isGoing ? <Elapsed since={run.created_at} /> : duration(duration_ms)}</dd>
      {(input_tokens !== null || output_tokens !== null) && (
        <>
          <dt>Tokens</dt>
          <dd>
            {count(input_tokens ?? 0)} in, {count(output_tokens ?? 0)} out
          </dd>
        </>
      )}
      <dt>Version</dt>
      <dd>{run.version}</dd>
      {run.session !== null && (
        <>
          <dt>Session</dt>
          <dd>
            <a href={hashOf({ kind: "session", tag: run.tag, session: run.session })}>{run.session}</a>
          </dd>
        </>
      )}
      {run.attempt > 1 && (
        <>
          <dt>Attempt</dt>
          <dd>{run.attempt}</dd>
        </>
      )}
    </dl>
  );
}

const TICK_MS = 100;

function Elapsed({ since }: { readonly since: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return <span class="num">{duration(Math.max(0, now - Date.parse(since)))}</span>;
}
