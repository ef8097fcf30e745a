/** The state of a run as a word with its colour; never the colour alone. */
import type { RunStatus } from "@runagent/sdk";

export function Status({ status }: { readonly status: RunStatus }) {
  return <span class={`status ${status}`}>{status}</span>;
}
