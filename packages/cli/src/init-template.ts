/** `init --template`: an example becomes a folder of the user's, with what to do next. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { CommandCall } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { copyTemplate, realModelLine } from "./templates.ts";

export interface TemplateRequest {
  readonly template: string;
  /** Absolute; made when it is not there. */
  readonly folder: string;
  /** Null: as the template is called. */
  readonly name: string | null;
}

export function initTemplate({ output, settings }: CommandCall, { template, folder, name }: TemplateRequest): number {
  const files = copyTemplate(template, folder);
  if (name !== null) rename(folder, name);
  if (output.json) {
    output.document({ template, folder, files });
    return EXIT.ok;
  }
  output.line(`Wrote ${files.length} files of the template ${template}: ${files.join(", ")}`);
  const from = relative(settings.workingFolder, folder);
  output.line("Next:");
  if (from !== "") output.line(`  cd ${/\s/.test(from) ? JSON.stringify(from) : from}`);
  output.line("  runagent serve");
  const real = realModelLine(folder, files);
  if (real !== null) output.line(`It answers without a key. A real model, one line of ${real.file}: ${real.line}`);
  return EXIT.ok;
}

/** Only the name: what else stands in the config stays as it is written. */
function rename(folder: string, name: string): void {
  const file = join(folder, "runagent.config.json");
  if (!existsSync(file)) return;
  const text = readFileSync(file, "utf8");
  writeFileSync(
    file,
    text.replace(/("agent_name"\s*:\s*)"(?:[^"\\]|\\.)*"/, (_, key: string) => `${key}${JSON.stringify(name)}`),
  );
}
