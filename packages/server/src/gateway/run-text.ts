/** Runs and answers as JSON text. Inputs and outputs are laid in as the text they came in: nothing is written again. */
import type { JsonText, Page, RunAnswer, RunRecord, SessionView } from "@runagent/protocol";

export function runText(record: RunRecord): JsonText {
  const { input, output, metadata, ...rest } = record;
  const text = JSON.stringify(rest);
  const raw = `"input":${input},"output":${output ?? "null"},"metadata":${metadata}`;
  return `${text.slice(0, -1)},${raw}}`;
}

export function runPageText(page: Page<RunRecord>): JsonText {
  return `{"items":[${page.items.map(runText).join(",")}],"next":${JSON.stringify(page.next)}}`;
}

/** What a caller gets who waits for a value, or for a whole stream. */
export function outputText(answer: Extract<RunAnswer, { kind: "value" | "streamed" }>): JsonText {
  if (answer.kind === "value") return answer.output;
  return `{"chunks":[${answer.chunks.join(",")}],"output":${answer.output}}`;
}

export function sessionText(session: SessionView & { readonly state: JsonText }): JsonText {
  const { state, ...view } = session;
  return `${JSON.stringify(view).slice(0, -1)},"state":${state}}`;
}
