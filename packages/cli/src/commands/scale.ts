/** `runagent scale`: how many workers an agent has at least and at most, without a deploy. */
import { InvalidArgumentError } from "commander";
import type { CommandSpec } from "../command.ts";
import { connectToPlatform } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { agentHere } from "../run-words.ts";

const CONFIG = "config";

export const scale: CommandSpec = {
  name: "scale",
  summary: "set how many workers an agent has at least and at most",
  arguments: [{ syntax: "[agent]", about: "left out: the agent of this folder" }],
  options: [
    { flags: "--min <n>", about: "0: it sleeps when nobody calls; `config`: the config's again", parse: parseBound },
    { flags: "--max <n>", about: "at most; `config`: the config's again", parse: parseBound },
  ],
  examples: [{ line: "runagent scale support --min 1 --max 8", about: "one is always awake" }],
  async run(call) {
    const { options, output, signal } = call;
    const [min, max] = [boundOf(options, "min"), boundOf(options, "max")];
    if (min === undefined && max === undefined) {
      throw new CommandFailure(EXIT.usage, "Name --min or --max.", "E.g. runagent scale support --min 1");
    }
    const client = connectToPlatform(call);
    const agent = call.arguments[0] ?? (await agentHere(call, client));
    const view = await client.deployments.scale(agent, {
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      signal,
    });
    if (output.json) output.document(view);
    else output.line(`${agent}: at least ${said(view.min_instances)}, at most ${said(view.max_instances)}.`);
    return EXIT.ok;
  },
};

const said = (bound: number | null): string => (bound === null ? "as the config says" : String(bound));

function parseBound(text: string): number | string {
  if (text === CONFIG) return CONFIG;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number, or `config`.");
}

function boundOf(options: Parameters<CommandSpec["run"]>[0]["options"], name: string): number | null | undefined {
  return options.text(name) === CONFIG ? null : options.number(name);
}
