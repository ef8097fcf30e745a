/**
 * The server that a command talks to: the one that is named, else the one that `serve` runs for the folder, else the current
 * target. Its key is the environment's, else the target's own.
 */
import { RunAgent } from "@runagent/sdk";
import type { CommandCall } from "./command.ts";
import { parseExact } from "./exact-json.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";
import { findServing } from "./serving-state.ts";
import { findTarget, readTargets, type Target } from "./targets.ts";

/** Asks nobody yet: a server that is not there is found out by the first request. */
export function connect(call: CommandCall, folder = call.settings.workingFolder): RunAgent {
  return clientOf(serverOf(call, folder), call);
}

/** A server that things are deployed to: never the one that `serve` runs. */
export function connectToPlatform(call: CommandCall): RunAgent {
  const server = named(call) ?? current(call);
  if (server !== undefined) return clientOf(server, call);
  throw new CommandFailure(
    EXIT.unreachable,
    "No server is known: start one here with `runagent server` and log in as it says, or `runagent login URL`.",
  );
}

interface Server {
  readonly url: string;
  /** Of a target. */
  readonly key: string | null;
}

function clientOf({ url, key }: Server, { settings }: CommandCall): RunAgent {
  const apiKey = settings.apiKey ?? key;
  if (apiKey === null) return new RunAgent({ url, parse: parseExact });
  refuseToLeak(url);
  return new RunAgent({ url, apiKey, parse: parseExact });
}

function serverOf(call: CommandCall, folder: string): Server {
  const found = named(call) ?? serving(call, folder) ?? current(call);
  if (found !== undefined) return found;
  throw new CommandFailure(
    EXIT.unreachable,
    `No server is named and none serves ${folder}: start one there with \`runagent serve\`, or name one with --url or RUNAGENT_URL.`,
  );
}

function named({ options, settings }: CommandCall): Server | undefined {
  const name = options.text("target");
  const targets = readTargets(settings.configFolder);
  if (name !== undefined) {
    const target = findTarget(targets, name);
    if (target !== undefined) return target;
    throw new CommandFailure(
      EXIT.invalid,
      `There is no target ${name}.`,
      "`runagent target list` shows them; `runagent login URL` adds one.",
    );
  }
  const url = options.text("url") ?? settings.url;
  if (url === null) return undefined;
  const known = targets.targets.find((one) => sameServer(one, url));
  return { url: checked(url), key: known?.key ?? null };
}

function serving({ settings }: CommandCall, folder: string): Server | undefined {
  const found = findServing(settings.cacheFolder, folder);
  return found === undefined ? undefined : { url: found.url, key: null };
}

const current = ({ settings }: CommandCall): Server | undefined =>
  findTarget(readTargets(settings.configFolder), undefined);

const sameServer = (target: Target, url: string): boolean =>
  URL.canParse(url) && new URL(url).origin === new URL(target.url).origin;

export function checked(url: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandFailure(EXIT.invalid, `${url} is no server's address.`, "Write it like http://127.0.0.1:8450.");
}

/** A key goes over plain HTTP to this machine only. */
export function refuseToLeak(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) return;
  throw new CommandFailure(
    EXIT.invalid,
    `A key is not sent to ${url}: that is plain HTTP.`,
    "Use https://, or unset RUNAGENT_API_KEY.",
  );
}
