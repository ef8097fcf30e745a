/**
 * When the events of a run came. The wire does not say it, so the page remembers it of the runs that it saw live, also over
 * a reload: milliseconds since the run was made, by event number. Bounded; nothing of what a run said is kept.
 */
const PREFIX = "runagent-times-";
const MOST_RUNS = 40;
const MOST_EVENTS = 20_000;

/** Null where an event was not seen live. */
export type Times = readonly (number | null | undefined)[];

export function storedTimes(runId: string): Times {
  try {
    const text = localStorage.getItem(PREFIX + runId);
    return text === null ? [] : unpack(text);
  } catch {
    return []; // a browser that keeps nothing
  }
}

export function storeTimes(runId: string, times: Times): void {
  if (times.length > MOST_EVENTS || times.every((one) => one == null)) return;
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    // Ids begin with their time: the first in order are the oldest.
    for (const key of keys.sort().slice(0, Math.max(0, keys.length + 1 - MOST_RUNS))) localStorage.removeItem(key);
    localStorage.setItem(PREFIX + runId, pack(times));
  } catch {
    // Full, or none: the timeline of a replay then shows the order alone.
  }
}

/** Differences in base 36. */
export function pack(times: Times): string {
  let last = 0;
  const one = (time: number | null | undefined): string => {
    if (time == null) return "";
    const step = Math.round(time) - last;
    last += step;
    return step.toString(36);
  };
  return Array.from(times, one).join(",");
}

export function unpack(text: string): (number | null)[] {
  let last = 0;
  return text.split(",").map((step) => {
    if (step === "") return null;
    last += Number.parseInt(step, 36);
    return last;
  });
}
