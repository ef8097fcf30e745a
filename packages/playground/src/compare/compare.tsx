/** Two runs side by side: their facts, and what differs in input and output. */
import type { Run } from "@runagent/sdk";
import { useEffect, useState } from "preact/hooks";
import { count, duration, shortId } from "../parts/format.ts";
import { prettyJson } from "../parts/json.ts";
import { Failure } from "../parts/problem.tsx";
import { Scroll } from "../parts/scroll.tsx";
import { Status } from "../parts/status.tsx";
import { hashOf } from "../router.ts";
import { client } from "../server/client.ts";
import { diffLines } from "./diff.ts";

type Pair = readonly [Run, Run];

export function Compare({ a, b }: { readonly a: string; readonly b: string }) {
  const [pair, setPair] = useState<Pair | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setFailure(null);
    Promise.all([client.runs.get(a, { signal }), client.runs.get(b, { signal })]).then(
      (both) => setPair(both),
      (error: unknown) => {
        if (!signal.aborted) setFailure(error);
      },
    );
    return () => abort.abort();
  }, [a, b]);
  if (failure !== null) return <Failure error={failure} />;
  if (pair === null) return <p class="dim">Reading both runs</p>;
  return (
    <section class="compare" aria-label="Comparison">
      <div class="bar">
        <h2>Comparison</h2>
        <span class="spread" />
        <a class="button" href={hashOf({ kind: "compare", a: b, b: a })}>
          Swap
        </a>
      </div>
      <FactsTable pair={pair} />
      <Difference title="Input" pair={pair} of={(run) => run.input} />
      <Difference title="Output" pair={pair} of={(run) => run.output} />
      {pair.some((run) => run.error !== null) && <Difference title="Error" pair={pair} of={(run) => run.error} />}
    </section>
  );
}

function FactsTable({ pair }: { readonly pair: Pair }) {
  return (
    <Scroll class="" label="Facts">
      <table>
        <thead>
          <tr>
            <td />
            {pair.map((run, index) => (
              <th key={index} scope="col">
                <a href={hashOf({ kind: "run", id: run.id })}>
                  {run.tag} <code>{shortId(run.id)}</code>
                </a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Status</th>
            {pair.map((run, index) => (
              <td key={index}>
                <Status status={run.status} />
              </td>
            ))}
          </tr>
          {FACTS.map(({ name, of }) => (
            <tr key={name} class={of(pair[0]) === of(pair[1]) ? "" : "differs"}>
              <th scope="row">{name}</th>
              {pair.map((run, index) => (
                <td key={index} class="num">
                  {of(run)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const tokens = (n: number | null): string => (n === null ? "not said" : count(n));

const FACTS: readonly { readonly name: string; readonly of: (run: Run) => string }[] = [
  { name: "Duration", of: (run) => duration(run.usage.duration_ms) },
  { name: "Input tokens", of: (run) => tokens(run.usage.input_tokens) },
  { name: "Output tokens", of: (run) => tokens(run.usage.output_tokens) },
  { name: "Events", of: (run) => count(run.last_event) },
  { name: "Version", of: (run) => run.version },
  { name: "Session", of: (run) => run.session ?? "none" },
  { name: "Attempt", of: (run) => String(run.attempt) },
];

interface DifferenceProps {
  readonly title: string;
  readonly pair: Pair;
  readonly of: (run: Run) => unknown;
}

function Difference({ title, pair, of }: DifferenceProps) {
  const [a, b] = pair.map((run) => readable(of(run)));
  const lines = diffLines(a ?? "", b ?? "");
  const isSame = lines.every((line) => line.sign === " ");
  return (
    <section aria-label={title}>
      <h3>
        {title} {isSame && <span class="dim">the same</span>}
      </h3>
      <Scroll class="text diff" label={`Difference of ${title.toLowerCase()}`}>
        {lines.slice(0, MOST_LINES).map((line, index) => (
          <span key={index} class={`line ${CLASSES[line.sign]}`}>
            {line.sign} {line.text}
            {"\n"}
          </span>
        ))}
      </Scroll>
      {lines.length > MOST_LINES && <p class="dim">{count(lines.length - MOST_LINES)} more lines.</p>}
    </section>
  );
}

const MOST_LINES = 3000;
const CLASSES = { " ": "", "-": "less", "+": "more" } as const;

/** A text line by line as it is read, anything else as JSON. */
const readable = (value: unknown): string =>
  typeof value === "string" ? value : prettyJson(JSON.stringify(value) ?? "null");
