/** `runagent login`: keeps a server's address and a key for it. */
import { RunAgent } from "@runagent/sdk";
import type { CommandSpec } from "../command.ts";
import { checked, refuseToLeak } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { readTargets, writeTargets } from "../targets.ts";

export const login: CommandSpec = {
  name: "login",
  summary: "log in to a server with its one-time code, or with a key",
  arguments: [{ syntax: "<url>", about: "the server's address" }],
  options: [
    { flags: "--code <code>", about: "what the server printed at its start" },
    { flags: "--key <key>", about: "a key; `-`: read from stdin" },
    { flags: "--name <name>", about: "what to call it here; left out: its host and port" },
  ],
  examples: [
    { line: "runagent login http://127.0.0.1:8460 --code K7Q2M-XW4TN", about: "becomes the current target" },
    { line: "runagent login https://agents.example.org --key - < key.txt", about: "with a key that somebody gave" },
  ],
  async run(call) {
    const { options, settings, output, signal } = call;
    const url = checked(call.arguments[0] ?? "").replace(/\/+$/, "");
    refuseToLeak(url);
    const [code, given] = [options.text("code"), options.text("key")];
    if ((code === undefined) === (given === undefined)) {
      throw new CommandFailure(EXIT.invalid, "Name either --code or --key.", "The server prints a code at its start.");
    }
    const key = code === undefined ? await keyOf(given ?? "", call.stdin) : await keyFor(url, code, signal);
    const me = await new RunAgent({ url, apiKey: key }).access.whoami({ signal });
    const name = options.text("name") ?? new URL(url).host;
    const { targets } = readTargets(settings.configFolder);
    const others = targets.filter((one) => one.name !== name);
    writeTargets(settings.configFolder, { current: name, targets: [...others, { name, url, key }] });
    if (output.json) output.document({ target: name, url, id: me.id, scopes: me.scopes });
    else output.line(`Logged in to ${url} as ${me.id} (${me.scopes.join(", ")}); it is the current target, ${name}.`);
    return EXIT.ok;
  },
};

const keyFor = async (url: string, code: string, signal: AbortSignal): Promise<string> =>
  (await new RunAgent({ url }).access.login(code, { signal })).key;

async function keyOf(given: string, stdin: AsyncIterable<Buffer | string>): Promise<string> {
  if (given !== "-") return given;
  let text = "";
  for await (const part of stdin) text += String(part);
  return text.trim();
}
