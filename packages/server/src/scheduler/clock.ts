/** The machine's own time. Whoever calls `after` owns the timer and stops it. */
import type { Clock } from "./ports.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
