/** Hosts that the agent contacted under `serve` and that its config does not allow: shown, then written into it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandCall } from "../command.ts";
import { confirm } from "../confirm.ts";
import type { Deployable } from "./deployable.ts";

export async function allowSeenHosts(call: CommandCall, folder: string, agent: Deployable): Promise<void> {
  const { settings, options, output } = call;
  if (agent.configFile === null || !agent.configFile.endsWith(".json")) return;
  const { hostsSeenBy } = await import("@runagent/server/hosts-seen");
  const { allowHost } = await import("@runagent/protocol/config");
  const file = join(folder, agent.configFile);
  let text = readFileSync(file, "utf8");
  const wanted: string[] = [];
  for (const host of hostsSeenBy(settings.cacheFolder, folder)) {
    const outcome = agent.egress.includes("*") ? { kind: "there" as const } : allowHost(text, host);
    if (outcome.kind !== "added") continue;
    text = outcome.text;
    wanted.push(host);
  }
  if (wanted.length === 0) return;
  const shown = `Under \`serve\` it reached ${wanted.join(", ")}, which network.egress does not allow.`;
  output.note(shown);
  const sure =
    options.flag("yes") || options.flag("dryRun") ? null : await confirm(call, "Write them into the config?");
  if (sure === true) writeFileSync(file, text);
  else output.note(`Allow what it needs: runagent egress ${agent.name} --allow HOST`);
}
