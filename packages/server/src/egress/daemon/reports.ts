/** What the daemon tells the server of connections and refusals: numbered, sent together, so that a flood costs few messages. */
import type { Report } from "../messages.ts";

export interface Reports {
  /** What is known of it now; `n` is left out the first time. Returns its number. */
  add(report: Omit<Report, "n">, n?: number): number;
}

const PAUSE_MS = 10;
const MOST_AT_ONCE = 500;

export function createReports(send: (reports: readonly Report[]) => void): Reports {
  let numbers = 0;
  let waiting: Report[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const reports = waiting;
    waiting = [];
    send(reports);
  };
  return {
    add(report, n = ++numbers) {
      waiting.push({ ...report, n });
      if (waiting.length >= MOST_AT_ONCE) flush();
      else timer ??= setTimeout(flush, PAUSE_MS);
      return n;
    },
  };
}
