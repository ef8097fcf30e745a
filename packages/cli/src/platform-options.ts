/** What `server` was told on the command line, as the platform wants it: paths absolute, nothing left to read elsewhere. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseDuration, parseSize } from "@runagent/protocol";
import type { PlatformOptions } from "@runagent/server/platform";
import type { CommandCall } from "./command.ts";
import { dataFolder } from "./commands/server/data-option.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure, reasonOf } from "./failure.ts";

export function platformOptions(call: CommandCall): PlatformOptions {
  const { options, settings, output, signal } = call;
  const reserve = options.text("diskReserve");
  return {
    data: dataFolder(call),
    signal,
    host: options.text("host") ?? "127.0.0.1",
    port: options.number("port") ?? 0,
    isolation: isolationOf(options.text("isolation")),
    tls: tlsOf(call),
    behindProxy: options.flag("behindProxy"),
    diskReserve: reserve === undefined ? null : measured("--disk-reserve", reserve, parseSize),
    drainTimeoutMs: measured("--drain-timeout", options.text("drainTimeout") ?? "10s", parseDuration),
    egressPrivate: options.list("egressPrivate"),
    mapHosts: options.list("mapHost"),
    masterKey:
      settings.masterKey ?? (settings.masterKeyFile === null ? null : readNamed(settings.masterKeyFile).trim()),
    newLoginCode: settings.newLoginCode,
    listenFd: settings.listenFd,
    logFormat: options.text("logFormat") === "json" ? "json" : "text",
    json: output.json,
    quiet: output.quiet,
    color: output.color && output.streams.stdout.isTTY === true,
    shellEnv: settings.shell,
    stdout: output.streams.stdout,
    stderr: output.streams.stderr,
    watched: output.streams.stderr.isTTY === true,
  };
}

function isolationOf(text: string | undefined): PlatformOptions["isolation"] {
  switch (text) {
    case "container":
    case "gvisor":
    case "none":
      return text;
    default:
      return "auto";
  }
}

function measured(flag: string, text: string, parse: (text: string) => number | undefined): number {
  const value = parse(text);
  if (value !== undefined) return value;
  throw new CommandFailure(EXIT.usage, `${flag} ${text} is not understood.`, "Write sizes like 2GiB, times like 10s.");
}

function tlsOf({ options, settings }: CommandCall): PlatformOptions["tls"] {
  const [cert, key] = [options.text("tlsCert"), options.text("tlsKey")];
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    throw new CommandFailure(EXIT.usage, "--tls-cert and --tls-key belong together.");
  }
  const read = (file: string): string => readNamed(resolve(settings.workingFolder, file));
  return { cert: read(cert), key: read(key) };
}

function readNamed(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandFailure(EXIT.invalid, `${file} cannot be read: ${reasonOf(error)}`);
  }
}
