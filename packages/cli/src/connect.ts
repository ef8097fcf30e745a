/** The server that a command talks to: the one that is named, else the one that `serve` runs for the folder. */
import { RunAgent } from "@runagent/sdk";
import type { CommandCall } from "./command.ts";
import { parseExact } from "./exact-json.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";
import { findServing } from "./serving-state.ts";

/** Asks nobody yet: a server that is not there is found out by the first request. */
export function connect(call: CommandCall, folder = call.settings.workingFolder): RunAgent {
  const url = serverUrl(call, folder);
  const { apiKey } = call.settings;
  if (apiKey === null) return new RunAgent({ url, parse: parseExact });
  refuseToLeak(url);
  return new RunAgent({ url, apiKey, parse: parseExact });
}

function serverUrl({ options, settings }: CommandCall, folder: string): string {
  const target = options.text("target");
  if (target !== undefined) {
    throw new CommandFailure(EXIT.invalid, `There is no target ${target}.`, "Name a server with --url.");
  }
  const named = options.text("url") ?? settings.url;
  if (named !== null) return checked(named);
  const serving = findServing(settings.cacheFolder, folder);
  if (serving !== undefined) return serving.url;
  throw new CommandFailure(
    EXIT.unreachable,
    `No server is named and none serves ${folder}: start one there with \`runagent serve\`, or name one with --url or RUNAGENT_URL.`,
  );
}

function checked(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandFailure(EXIT.invalid, `${url} is no server's address.`, "Write it like http://127.0.0.1:8450.");
}

/** A key goes over plain HTTP to this machine only. */
function refuseToLeak(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return;
  throw new CommandFailure(
    EXIT.invalid,
    `A key is not sent to ${url}: that is plain HTTP.`,
    "Use https://, or unset RUNAGENT_API_KEY.",
  );
}
