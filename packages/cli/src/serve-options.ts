/** What `serve` was told on the command line, as the server wants it: paths absolute, nothing left to read elsewhere. */
import { resolve } from "node:path";
import type { ServeOptions } from "@runagent/server";
import type { CommandCall } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";

export function serveOptions({ options, settings, output, signal }: CommandCall, path: string): ServeOptions {
  const entry = options.text("entry") ?? null;
  if (entry !== null && !/^.+:.+$/.test(entry)) {
    throw new CommandFailure(EXIT.usage, `--entry ${entry} is not of the form FILE:NAME.`);
  }
  const envFile = options.text("envFile");
  return {
    path,
    signal,
    host: options.text("host") ?? "127.0.0.1",
    port: options.number("port") ?? 0,
    portExplicit: options.given("port"),
    reload: options.flag("reload"),
    envFile: envFile === undefined ? null : resolve(settings.workingFolder, envFile),
    entry,
    python: options.text("python") ?? null,
    sandbox: options.flag("sandbox"),
    mapHosts: options.list("mapHost"),
    explain: options.flag("explain"),
    logFormat: options.text("logFormat") === "json" ? "json" : "text",
    json: output.json,
    quiet: output.quiet,
    verbose: output.verbose,
    color: output.color && output.streams.stdout.isTTY === true,
    home: settings.cacheFolder,
    shellEnv: settings.shell,
    stdout: output.streams.stdout,
    stderr: output.streams.stderr,
    watched: output.streams.stderr.isTTY === true,
  };
}
