/** The last runs, newest first: read again when one begins or ends, and now and then while any goes on. */
import { computed, type Signal, signal } from "@preact/signals";
import type { Run, RunStatus } from "@runagent/sdk";
import { client } from "../server/client.ts";

export const runs: Signal<readonly Run[]> = signal([]);
export const more = signal<string | null>(null);
export const wanted = {
  status: signal<RunStatus | "">(""),
  tag: signal(""),
  text: signal(""),
};

/** Two runs chosen for comparing, or fewer. */
export const picked: Signal<readonly string[]> = signal([]);

const PAGE = 100;
const SOON_MS = 150;
const GOING_MS = 5000;

let timer: ReturnType<typeof setTimeout> | undefined;

export const shownRuns = computed(() => {
  const text = wanted.text.value.trim().toLowerCase();
  return runs.value.filter(
    (run) => (wanted.tag.value === "" || run.tag === wanted.tag.value) && (text === "" || has(run, text)),
  );
});

/** A moment later: a call and its end often come together. */
export function readSoon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void read(), SOON_MS);
}

export async function readMore(): Promise<void> {
  const cursor = more.value;
  if (cursor === null) return;
  try {
    const page = await client.runs.page(filter(), cursor);
    runs.value = [...runs.value, ...page.items];
    more.value = page.next;
  } catch {
    readSoon(); // the list is another by now, or the server is away
  }
}

export function pick(id: string): void {
  const now = picked.value;
  picked.value = now.includes(id) ? now.filter((one) => one !== id) : [...now.slice(-1), id];
}

async function read(): Promise<void> {
  try {
    const page = await client.runs.page(filter());
    runs.value = page.items;
    more.value = page.next;
  } catch {
    return; // the server is away, which the page says; it is read again when it is back
  }
  if (
    document.visibilityState === "visible" &&
    runs.value.some((run) => run.status === "running" || run.status === "queued")
  ) {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), GOING_MS);
  }
}

const filter = () => ({ limit: PAGE, ...(wanted.status.value === "" ? {} : { status: wanted.status.value }) });

const texts = new WeakMap<Run, string>();

/** Looks at ids, session, input and output. */
function has(run: Run, text: string): boolean {
  let all = texts.get(run);
  if (all === undefined) {
    all = `${run.id} ${run.session ?? ""} ${JSON.stringify([run.input, run.output, run.error?.detail])}`.toLowerCase();
    texts.set(run, all);
  }
  return all.includes(text);
}
