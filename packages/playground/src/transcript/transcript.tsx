/** A run as a person reads it: text, reasoning, tools, items, updates, questions and its end. Everything is shown as text. */
import { useRef } from "preact/hooks";
import { duration, plural } from "../parts/format.ts";
import { brief, outputText } from "../parts/json.ts";
import { Json } from "../parts/json-text.tsx";
import { ProblemCard } from "../parts/problem.tsx";
import type { RunFollower } from "../run/run-follower.ts";
import { type Block, Blocks } from "./blocks.ts";
import { Question } from "./question.tsx";
import { SpokenText } from "./spoken-text.tsx";
import { TextBlock } from "./text-block.tsx";

/** More blocks than these are a log, and there is a tab for that. */
const MOST_BLOCKS = 200;
const MOST_ITEMS = 50;

export function Transcript({ follower }: { readonly follower: RunFollower }) {
  const blocks = useRef<{ of: RunFollower; made: Blocks } | null>(null);
  if (blocks.current?.of !== follower) blocks.current = { of: follower, made: new Blocks() };
  const { made } = blocks.current;
  void follower.frame.value; // it is drawn again with every frame in which something came
  made.take(follower.arrivals);
  const hidden = Math.max(0, made.list.length - MOST_BLOCKS);
  const status = follower.status.value;
  const isGoing = status === "running" || status === "queued";
  return (
    <div class="transcript">
      <SpokenText follower={follower} />
      {hidden > 0 && <p class="dim">{plural(hidden, "part")} before this: see Events.</p>}
      {made.list.slice(hidden).map((block, index, shown) => (
        <BlockView
          key={block.key}
          block={block}
          follower={follower}
          isLast={index === shown.length - 1}
          hasText={made.hasText}
        />
      ))}
      {isGoing && <p class="going">{status === "queued" ? "Waiting for a worker" : "Running"}</p>}
    </div>
  );
}

interface Props {
  readonly block: Block;
  readonly follower: RunFollower;
  readonly isLast: boolean;
  /** What a person reads was there already: the output is for those who want all of it. */
  readonly hasText: boolean;
}

function BlockView({ block, follower, isLast, hasText }: Props) {
  switch (block.kind) {
    case "text":
      return <TextBlock pieces={block.pieces} length={block.length} />;
    case "reasoning":
      return (
        <details class="block reasoning" open={isLast}>
          <summary>Reasoning</summary>
          <TextBlock pieces={block.pieces} length={block.length} />
        </details>
      );
    case "tool":
      return <Tool block={block} />;
    case "chunks":
    case "updates":
      return <Items block={block} isAside={hasText || block.kind === "updates"} />;
    case "waiting":
      return <Question interrupts={block.interrupts} follower={follower} isOpen={isLast} />;
    case "restarted":
      return <p class="block dim">Attempt {block.attempt} begins; what came before it does not count.</p>;
    case "output":
      return <Output raw={block.raw} isAside={hasText} />;
    case "problem":
      return <ProblemCard problem={block.problem} />;
    case "cancelled":
      return (
        <p class="block dim">
          Cancelled by {block.by}
          {block.reason === null ? "" : `: ${block.reason}`}
        </p>
      );
  }
}

function Tool({ block }: { readonly block: Extract<Block, { kind: "tool" }> }) {
  const { end, at } = block;
  const took = end?.at != null && at !== null ? duration(end.at - at) : null;
  const state = end === null ? "running" : end.failed ? "failed" : "";
  return (
    <details class={`block tool ${state}`}>
      <summary>
        <span class="kind">Tool</span> <code>{block.name}</code>{" "}
        <span class="dim brief">{brief(block.args ?? "", 80)}</span>
        <span class="spread" />
        <span class="dim">{[state, took].filter(Boolean).join(" · ")}</span>
      </summary>
      <h4>Arguments</h4>
      <Json text={JSON.stringify(block.args) ?? "null"} />
      {end !== null && (
        <>
          <h4>{end.failed ? "Error" : "Result"}</h4>
          <Json text={JSON.stringify(end.value) ?? "null"} />
        </>
      )}
    </details>
  );
}

interface ItemsProps {
  readonly block: Extract<Block, { kind: "chunks" | "updates" }>;
  readonly isAside: boolean;
}

function Items({ block, isAside }: ItemsProps) {
  const { items } = block;
  const hidden = Math.max(0, items.length - MOST_ITEMS);
  return (
    <details class="block items" open={!isAside}>
      <summary>
        <span class="kind">{block.kind === "chunks" ? "Items" : "Updates"}</span>{" "}
        <span class="dim">{items.length.toLocaleString("en")}</span>
      </summary>
      {hidden > 0 && <p class="dim">{plural(hidden, "item")} before these: see Events.</p>}
      <ol start={hidden + 1}>
        {items.slice(hidden).map((one, index) => (
          <li key={hidden + index}>
            <code>{brief(one.raw, 400)}</code>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A plain text is read, not shown with quotes and escapes. */
function Output({ raw, isAside }: { readonly raw: string; readonly isAside: boolean }) {
  const text = outputText(raw);
  const value: unknown = text.length < MOST_PARSED ? JSON.parse(text) : null;
  if (typeof value === "string") return <TextBlock pieces={[value]} length={value.length} />;
  const json = (
    <section class="block output" aria-label="Output">
      <Json text={text} />
    </section>
  );
  if (!isAside) return json;
  return (
    <details class="block">
      <summary>
        <span class="kind">Output</span>
      </summary>
      {json}
    </details>
  );
}

const MOST_PARSED = 200_000;
