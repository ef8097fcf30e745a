/** `runagent types`: a typed TypeScript client of the folder's agent, written down or checked. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { CommandCall, CommandSpec } from "../command.ts";
import { describeAgent } from "../describe-agent.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { typedClient } from "../typed-client/client-text.ts";

export const types: CommandSpec = {
  name: "types",
  summary: "write a typed TypeScript client of the folder's agent, from its schemas",
  options: [
    { flags: "--out <file>", about: "where it is written; left out: to stdout" },
    { flags: "--check", about: "write nothing; exit 1 when the file is not what would be written" },
  ],
  examples: [
    {
      line: "runagent types --out src/agent.ts",
      about: "of the server that serves this folder, else of the folder itself",
    },
    { line: "runagent types --out src/agent.ts --check", about: "in CI: exit 1 when the agent has changed since" },
  ],
  run: runTypes,
};

async function runTypes(call: CommandCall): Promise<number> {
  const { options, settings, output } = call;
  const out = options.text("out");
  if (out === undefined && options.flag("check")) throw new CommandFailure(EXIT.usage, "--check needs --out FILE.");
  const agent = await describeAgent(call, settings.workingFolder);
  const text = typedClient(agent);
  if (out === undefined) {
    if (output.json) output.document({ agent: agent.name, text });
    else output.part(text);
    return EXIT.ok;
  }
  const file = resolve(settings.workingFolder, out);
  const changed = !existsSync(file) || readFileSync(file, "utf8").replaceAll("\r\n", "\n") !== text;
  if (options.flag("check")) return checked(call, { agent: agent.name, file, changed });
  if (changed) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  if (output.json) output.document({ agent: agent.name, file, changed });
  else output.line(changed ? `Wrote ${file}` : `${file} is as it should be.`);
  return EXIT.ok;
}

function checked({ output }: CommandCall, result: { agent: string; file: string; changed: boolean }): number {
  const { file, changed, agent } = result;
  const detail = existsSync(file) ? `is not what the agent ${agent} is now` : "is not there";
  if (output.json) output.document(result);
  else if (changed) output.error(`${file} ${detail}: run \`runagent types --out ${file}\` and commit it.`);
  else output.line(`${file} is as it should be.`);
  return changed ? EXIT.agent : EXIT.ok;
}
