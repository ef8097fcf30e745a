/** The one table: what was measured, beside what, against what it should be at least. */
import {
  FASTAPI,
  FASTAPI_PLAIN,
  FASTAPI_TWO,
  FASTAPI_TWO_PLAIN,
  LANGGRAPH_DEV,
  OURS,
  OURS_PLAIN,
  OURS_TYPESCRIPT,
  RAW,
} from "./measures/calls.ts";
import { FORK } from "./measures/fork.ts";
import { READERS } from "./measures/readers.ts";
import { READY_LANGGRAPH, READY_PLAIN, RELOAD } from "./measures/start.ts";
import type { Plan } from "./plan.ts";
import type { Samples } from "./samples.ts";

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target?: string;
  readonly held?: boolean;
}

const MB = 1e6;
const KB = 1000;

export function table(samples: Samples, plan: Plan): string {
  const rows = [...callRows(samples), ...streamRows(samples, plan), ...otherRows(samples, plan)];
  const lines = rows.map(({ what, measured, target, held }) =>
    [what, measured, target ?? "", held === undefined ? "" : held ? "yes" : "**no**"].join(" | "),
  );
  return ["| what | measured | should be | held |", "|---|---|---|---|", ...lines.map((one) => `| ${one} |`)].join(
    "\n",
  );
}

function callRows(samples: Samples): Row[] {
  const p99 = (row: string): number => samples.median(row, "p99");
  const toRaw = (row: string): number => samples.ratio(row, RAW, "calls");
  const toFastapi = samples.ratio(OURS, FASTAPI, "calls");
  const plain = samples.ratio(OURS_PLAIN, FASTAPI_PLAIN, "calls");
  const row = (what: string, beside = ""): Row => ({ what, measured: `${calls(samples, what)}${beside}` });
  const beside = [FASTAPI, FASTAPI_PLAIN, FASTAPI_TWO, FASTAPI_TWO_PLAIN, LANGGRAPH_DEV];
  return [
    row(RAW),
    ...beside.map((what) => row(what, `, ${times(toRaw(what))} raw`)),
    {
      ...row(OURS, `, ${times(toRaw(OURS))} raw, ${times(toFastapi)} FastAPI`),
      target: "≥ 0.5 × raw; ≥ 3 × FastAPI, 1 worker; p99 no worse",
      held: toRaw(OURS) >= 0.5 && toFastapi >= 3 && p99(OURS) <= p99(FASTAPI),
    },
    {
      ...row(OURS_TYPESCRIPT, `, ${times(toRaw(OURS_TYPESCRIPT))} raw`),
      target: "≥ 0.4 × raw",
      held: toRaw(OURS_TYPESCRIPT) >= 0.4,
    },
    { ...row(OURS_PLAIN, `, ${times(plain)} FastAPI \`def\``), target: "≥ 3 × FastAPI `def`", held: plain >= 3 },
  ];
}

function streamRows(samples: Samples, { streams, chunks }: Plan): Row[] {
  const ratio = samples.ratio(OURS, FASTAPI, "chunks");
  const first = (row: string): number => samples.median(row, "first chunk ms");
  const shown = (row: string): string =>
    `${whole(samples.median(row, "chunks"))} chunks/s, first after ${ms(first(row))}`;
  const what = `SSE, ${streams} streams of ${chunks} chunks: `;
  return [
    { what: `${what}FastAPI, 1 worker`, measured: shown(FASTAPI) },
    {
      what: `${what}RunAgent, Python`,
      measured: `${shown(OURS)}, ${times(ratio)} FastAPI`,
      target: "≥ 2 × FastAPI; first chunk no later",
      held: ratio >= 2 && first(OURS) <= first(FASTAPI),
    },
  ];
}

function otherRows(samples: Samples, plan: Plan): Row[] {
  const added = samples.median(FORK, "added p95");
  const bytes = samples.median(READERS, "bytes");
  const slower = samples.median(READERS, "slower");
  const plain = samples.median(READY_PLAIN, "ready ms");
  const langgraph = samples.median(READY_LANGGRAPH, "ready ms");
  const imported = samples.median(READY_LANGGRAPH, "import ms");
  const reload = samples.median(RELOAD, "reload ms");
  const start = samples.median(OURS, "memory at start");
  const after = samples.median(OURS, "memory after load");
  return [
    { what: FORK, measured: `p95 ${ms(added)} added`, target: "≤ 30 ms", held: added <= 30 },
    {
      what: `${plan.readers.toLocaleString("en-US")} open SSE readers`,
      measured: `${(bytes / KB).toFixed(1)} KB each, a call ${times(slower)} as long`,
      target: "≤ 40 KB each, no run slowed",
      held: bytes <= 40 * KB && slower <= 1.25,
    },
    { what: READY_PLAIN, measured: ms(plain), target: "≤ 600 ms", held: plain <= 600 },
    {
      what: READY_LANGGRAPH,
      measured: `${ms(langgraph)}, its import ${ms(imported)} (LangGraph dev: ${ms(samples.median(LANGGRAPH_DEV, "ready ms"))})`,
      target: "≤ import + 400 ms",
      held: langgraph <= imported + 400,
    },
    { what: RELOAD, measured: ms(reload), target: "≤ import + 200 ms", held: reload <= 200 },
    {
      what: "memory of server + plain Python worker",
      measured: `${megabytes(start)} at start, ${megabytes(after)} after load`,
      target: "≤ 90 MB, ≤ 130 MB",
      held: start <= 90 * MB && after <= 130 * MB,
    },
  ];
}

const calls = (samples: Samples, row: string): string =>
  `${whole(samples.median(row, "calls"))}/s, p99 ${ms(samples.median(row, "p99"))}`;
const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const times = (value: number): string => `${value.toFixed(value < 0.1 ? 3 : 2)} ×`;
const ms = (value: number): string => `${value < 20 ? value.toFixed(1) : Math.round(value)} ms`;
const megabytes = (value: number): string => `${Math.round(value / MB)} MB`;
