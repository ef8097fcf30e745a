/**
 * What an adapter adds to a framework of TypeScript that is called directly, in one process, with the example's scripted
 * model. `node measure.ts FRAMEWORK EXAMPLE PAIRS WORDS`, EXAMPLE being a `BuiltExample` as JSON, prints one JSON object as
 * `measure.py` does: processor time of the process, medians of pairs that are measured in turns.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { DEFAULT_LIMITS, encodeFrame, type InvokeBody } from "@runagent/protocol";
import { execute } from "../../packages/worker-node/src/calling.ts";
import { Channel } from "../../packages/worker-node/src/channel.ts";
import { parseExact } from "../../packages/worker-node/src/exact-json.ts";
import { Flow } from "../../packages/worker-node/src/flow.ts";
import { loadAgent } from "../../packages/worker-node/src/loading.ts";
import { Outbox } from "../../packages/worker-node/src/outbox.ts";
import { Run } from "../../packages/worker-node/src/run.ts";
import type { Direct, Found } from "./direct/direct.ts";
import type { BuiltExample } from "./environment.ts";

const TAG = "chat";
const SHORT = "How is the weather in Berlin?";
const LONG = "How is the weather in Lisbon?";
/** Pairs that are not counted: Node compiles what is hot. */
const WARM = 100;
/** Pairs of long streams, and those of them that are not counted. */
const LONG_PAIRS = 11;
const LONG_WARM = 5;

const [name = "", example = "{}", pairs = "0", words = "0"] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await measure(JSON.parse(example), Number(pairs), Number(words)))}\n`);

async function measure(built: BuiltExample, count: number, length: number): Promise<object> {
  const { direct }: { direct: Direct } = await import(
    pathToFileURL(resolve(import.meta.dirname, `direct/${name}.ts`)).href
  );
  const ours = await adapted(built, direct);
  const found = await foundIn(built, direct);
  const long = direct.long?.(length) ?? LONG;
  const run = await added(count, {
    directly: () => direct.run(found, SHORT),
    ours: () => ours.call(direct.given(SHORT), false),
  });
  const both = (text: string) => ({
    directly: () => direct.stream(found, text),
    ours: () => ours.call(direct.given(text), true),
  });
  const short = await added(count, both(SHORT));
  const few = await ours.texts(direct.given(SHORT));
  const lengthy = await added(LONG_PAIRS, both(long), LONG_WARM);
  const chunks = (await ours.texts(direct.given(long))) - few;
  return {
    run_ms: run.alone / 1e3,
    added_ms: run.more / 1e3,
    chunk_us: (lengthy.alone - short.alone) / chunks,
    added_chunk_us: (lengthy.more - short.more) / chunks,
  };
}

interface Ours {
  call(input: unknown, stream: boolean): Promise<void>;
  /** How many pieces of text a streamed call sends. */
  texts(input: unknown): Promise<number>;
}

/** Calls as a worker makes them; frames are made and go nowhere. Throws what a run ends with, if it is no result. */
async function adapted(built: BuiltExample, direct: Direct): Promise<Ours> {
  const { file, module } = direct;
  const agent = await loadAgent({
    name,
    root: built.root,
    entrypoints: [{ tag: TAG, file, module }],
    lifespan: null,
    concurrency: null,
    secrets: [],
    limits: DEFAULT_LIMITS,
    stop_grace_ms: 0,
    probe_ms: 0,
    bundle: { files: built.files, ...(built.frameworks === null ? {} : { frameworks: built.frameworks }) },
  });
  const entrypoint = agent.entrypoints.get(TAG);
  if (entrypoint?.agent === null || entrypoint === undefined) throw new Error(`${name}: no adapter took ${module}`);
  const owners = new AsyncLocalStorage<Run>();
  const flow = new Flow(new Channel({ onFrame: () => {}, onClose: () => {} }));
  const calling = { context: { secrets: {}, waitUntil: () => {} }, flow };
  let texts = 0;
  let ended = "";
  const outbox = (): Outbox =>
    new Outbox({
      call: 1,
      durable: false,
      bound: DEFAULT_LIMITS.channel_held,
      send: (kind, call, body) => {
        encodeFrame(kind, call, body);
        if (kind === "event") texts += Number(body.startsWith("text\n"));
        else ended = `${kind} ${body}`;
      },
    });
  const events = { ending: () => {}, ended: () => {}, diverted: () => false };
  const call: Ours["call"] = async (input, stream) => {
    const run = new Run({ body: invoke(input, stream), outbox: outbox(), limits: DEFAULT_LIMITS, events });
    await owners.run(run, execute, entrypoint, run, calling);
    if (!ended.startsWith("result ")) throw new Error(`${name}: ${ended}`);
  };
  return {
    call,
    async texts(input) {
      texts = 0;
      await call(input, true);
      return texts;
    },
  };
}

/** The text of a frame, read as a worker reads it. */
function invoke(input: unknown, stream: boolean): InvokeBody {
  const ids = { run_id: `run_${performance.now()}`, tag: TAG, attempt: 1, session_id: null, user: null };
  const deadline = Date.now() + DEFAULT_LIMITS.timeout;
  return parseExact(JSON.stringify({ ...ids, stream, durable: false, deadline, session: null, input })) as InvokeBody; // made in the line before
}

async function foundIn({ files, frameworks }: BuiltExample, { file, module }: Direct): Promise<Found> {
  const exports = await import(pathToFileURL(files[file] ?? file).href);
  const parts = frameworks === null ? {} : await import(pathToFileURL(frameworks).href);
  return { object: exports[module], part: (part) => parts.openaiAgentsParts?.[part] };
}

interface Pair {
  readonly directly: () => Promise<unknown>;
  readonly ours: () => Promise<unknown>;
}

/** Microseconds of processor time of a direct call, and what ours takes more; medians of pairs, each in both orders. */
async function added(count: number, { directly, ours }: Pair, warm = WARM): Promise<{ alone: number; more: number }> {
  const alone: number[] = [];
  const more: number[] = [];
  for (let index = -warm; index < count; index += 1) {
    const swapped = index % 2 !== 0;
    const first = await timed(swapped ? directly : ours);
    const second = await timed(swapped ? ours : directly);
    const [plain, adapted] = swapped ? [first, second] : [second, first];
    if (index < 0) continue;
    alone.push(plain);
    more.push(adapted - plain);
  }
  return { alone: median(alone), more: median(more) };
}

async function timed(once: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await once();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
