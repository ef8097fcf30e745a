/** `runagent egress`: what an agent reached from its sandbox, and what was refused; `--allow` writes a host into its config. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Egress } from "@runagent/sdk";
import type { CommandCall, CommandSpec } from "../command.ts";
import { connect } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { readFolderAgent } from "../folder-agent.ts";
import { agentHere } from "../run-words.ts";
import { table } from "../table.ts";

export const egress: CommandSpec = {
  name: "egress",
  summary: "list what an agent reached from its sandbox, or allow it a host",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  options: [{ flags: "--allow <host>", about: "add `host`, `host:port` or `*.host` to this folder's config" }],
  examples: [
    { line: "runagent egress", about: "connections and refusals of this folder's agent, newest first" },
    { line: "runagent egress support --allow api.openai.com", about: "a running `serve` takes it up at once" },
  ],
  run: (call) =>
    call.options.text("allow") === undefined ? list(call) : allow(call, call.options.text("allow") ?? ""),
};

async function list(call: CommandCall): Promise<number> {
  const client = connect(call);
  const agent = call.arguments[0] ?? (await agentHere(call, client));
  const items: Egress[] = [];
  for await (const one of client.egress(agent, { signal: call.signal })) items.push(one);
  if (call.output.json) call.output.document({ items });
  else call.output.line(table(["AT", "HOST", "RESULT", "SENT", "RECEIVED", "COUNT", "RUN"], items.map(row)));
  return EXIT.ok;
}

const row = (one: Egress): string[] => [
  one.at,
  one.port === null ? one.host : `${one.host}:${one.port}`,
  one.reason === null ? one.result : `${one.result}: ${one.reason.replaceAll("_", " ")}`,
  String(one.bytes_sent),
  String(one.bytes_received),
  String(one.count),
  one.run ?? "",
];

async function allow(call: CommandCall, host: string): Promise<number> {
  const { output } = call;
  const file = await configFile(call);
  const { allowHost } = await import("@runagent/protocol/config");
  const outcome = allowHost(readFileSync(file, "utf8"), host);
  if (outcome.kind === "refused") throw new CommandFailure(EXIT.invalid, `${host} cannot be allowed.`, outcome.advice);
  if (outcome.kind === "added") writeFileSync(file, outcome.text);
  if (output.json) output.document({ file, host, changed: outcome.kind === "added" });
  else
    output.line(
      outcome.kind === "added" ? `${host} is in network.egress of ${file} now.` : `${host} is there already.`,
    );
  return EXIT.ok;
}

/** Of the agent that is meant: its config is what says what it may reach. */
async function configFile({ settings, arguments: [agent] }: CommandCall): Promise<string> {
  const folder = settings.workingFolder;
  const here = await readFolderAgent(folder, settings);
  if (here === null || (agent !== undefined && agent !== here.name)) {
    const whose = agent === undefined ? "an agent" : `the agent ${agent}`;
    throw new CommandFailure(EXIT.invalid, `${folder} has no config of ${whose}.`, "Go to the agent's folder first.");
  }
  const { CONFIG_FILES } = await import("@runagent/server/config-file");
  const name = CONFIG_FILES.find((one) => existsSync(join(folder, one)));
  if (name === undefined)
    throw new CommandFailure(EXIT.invalid, "There is no config yet.", "`runagent init` writes one.");
  if (name.endsWith(".json")) return join(folder, name);
  throw new CommandFailure(
    EXIT.invalid,
    `${name} is not changed by a command.`,
    "Add the host to network.egress there.",
  );
}
