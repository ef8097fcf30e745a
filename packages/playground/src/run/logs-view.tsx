/** What the agent printed and logged during a run. */
import type { LogRecord } from "@runagent/sdk";
import { duration } from "../parts/format.ts";
import { Scroll } from "../parts/scroll.tsx";

/** The newest: a run may log megabytes. */
const MOST = 2000;

export function LogsView({ logs, madeAt }: { readonly logs: readonly LogRecord[]; readonly madeAt: string }) {
  if (logs.length === 0) return <p class="dim">Nothing was printed or logged.</p>;
  const hidden = Math.max(0, logs.length - MOST);
  const made = Date.parse(madeAt);
  return (
    <>
      {hidden > 0 && <p class="dim">The newest {MOST.toLocaleString("en")} lines.</p>}
      <Scroll class="logs" label="Logs">
        <ol>
          {logs.slice(hidden).map((one, index) => (
            <li key={hidden + index} class={one.level}>
              <span class="num at">{duration(Math.max(0, Date.parse(one.at) - made))}</span>
              <span class="from">{one.stream === "logging" ? one.level : one.stream}</span>
              <span class="message">{one.message}</span>
            </li>
          ))}
        </ol>
      </Scroll>
    </>
  );
}
