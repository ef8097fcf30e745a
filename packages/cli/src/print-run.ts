/** One run, for a person or as the API gives it. */
import type { Run } from "@runagent/sdk";
import { EXIT } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { prettyJson } from "./pretty-json.ts";
import { problemText } from "./report.ts";

export function printRun(run: Run, output: Output): number {
  if (output.json) output.document(run);
  else output.line(runText(run, output));
  return EXIT.ok;
}

function runText(run: Run, output: Output): string {
  const lines = [
    `${run.id}  ${run.status}  ${run.agent}@${run.version}/${run.tag}`,
    `created ${run.created_at}${run.ended_at === null ? "" : `, ended ${run.ended_at}`}`,
  ];
  if (run.session !== null) lines.push(`session ${run.session}`);
  if (run.cancelled !== undefined)
    lines.push(`cancelled by ${run.cancelled.by}: ${run.cancelled.reason ?? "no reason"}`);
  lines.push(`input  ${prettyJson(JSON.stringify(run.input))}`);
  if (run.output !== null) lines.push(`output ${prettyJson(JSON.stringify(run.output))}`);
  for (const { question } of run.waiting?.interrupts ?? [])
    lines.push(`asks   ${prettyJson(JSON.stringify(question))}`);
  if (run.error !== null) lines.push(problemText(run.error, output));
  return lines.join("\n");
}
