/** Secrets that the config names and the server lacks: offered from `.env`; without a terminal they are listed, exit 3. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { RunAgent } from "@runagent/sdk";
import type { CommandCall } from "../command.ts";
import { confirm } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure, reasonOf } from "../failure.ts";
import type { Deployable } from "./deployable.ts";

interface Deploying {
  readonly client: RunAgent;
  readonly folder: string;
  readonly agent: Deployable;
}

export async function settleSecrets(call: CommandCall, { client, folder, agent }: Deploying): Promise<void> {
  if (agent.secrets.length === 0) return;
  const { signal, options } = call;
  const there = new Set((await client.access.secrets(agent.name, { signal })).map((one) => one.name));
  const missing = agent.secrets.filter((name) => !there.has(name));
  if (missing.length === 0) return;
  const values = await readEnv(call, folder);
  const offered = missing.filter((name) => values[name] !== undefined);
  const asked = offered.length === missing.length && !options.flag("yes");
  const sure = asked ? await confirm(call, `Send ${offered.join(", ")} of ${agent.name} to ${client.url}?`) : null;
  if (sure !== true) throw lacking(agent.name, missing);
  for (const name of offered) {
    await client.access.setSecret({ agent: agent.name, name, value: values[name] ?? "" }, { signal });
  }
}

async function readEnv({ options, settings }: CommandCall, folder: string): Promise<Readonly<Record<string, string>>> {
  const { parseEnvFile } = await import("@runagent/server/env-file");
  const named = options.text("envFile");
  const file = named === undefined ? join(folder, ".env") : resolve(settings.workingFolder, named);
  try {
    return parseEnvFile(readFileSync(file, "utf8"), () => undefined).values;
  } catch (error) {
    if (named === undefined) return {};
    throw new CommandFailure(EXIT.invalid, `${file} cannot be read: ${reasonOf(error)}`);
  }
}

const lacking = (agent: string, missing: readonly string[]): CommandFailure =>
  new CommandFailure(
    EXIT.invalid,
    `The server has no value for ${missing.join(", ")} of ${agent}.`,
    `Set them: ${missing.map((name) => `runagent secret set ${agent} ${name}`).join(" · ")}`,
  );
