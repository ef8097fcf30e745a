/** `runagent serve`: one agent on this machine, reloaded on every save. */
import { resolve } from "node:path";
import type { CommandCall, CommandSpec } from "../command.ts";
import { reasonOf } from "../failure.ts";
import { openBrowser } from "../open-browser.ts";
import { parsePort } from "../port.ts";
import { serveOptions } from "../serve-options.ts";
import { announceServing, type ServingState } from "../serving-state.ts";

export const serve: CommandSpec = {
  name: "serve",
  summary: "serve the agent of a folder on this machine, reloaded on every save",
  arguments: [{ syntax: "[path]", about: "the agent's folder; left out: this one" }],
  options: [
    { flags: "--host <host>", about: "the address to listen on", fallback: "127.0.0.1" },
    { flags: "--port <port>", about: "the port; 0: a free one", parse: parsePort, fallback: 8450 },
    { flags: "--no-reload", about: "load once; an agent that cannot load ends it with exit 1" },
    { flags: "--env-file <file>", about: "variables for the agent; they win over .env" },
    { flags: "--entry <file:name>", about: "serve this function or object, whatever the config says" },
    { flags: "--python <python>", about: "the interpreter to use" },
    { flags: "--sandbox", about: "in a container: with the isolation and the limits of a deployed agent" },
    {
      flags: "--map-host <name=address>",
      about: "with --sandbox: NAME[:PORT]=ADDRESS:PORT; where a name leads that the agent may reach",
      repeats: true,
    },
    { flags: "--open", about: "open the page in a browser" },
    { flags: "--explain", about: "say how the interpreter and the environment were chosen" },
    { flags: "--log-format <format>", about: "how lines are written", choices: ["text", "json"], fallback: "text" },
  ],
  examples: [
    { line: "runagent serve", about: "serve the agent in this folder on http://127.0.0.1:8450" },
    {
      line: "runagent serve ./my-agent --port 0 --json",
      about: "on a free port; the first line of output is JSON and says which",
    },
    { line: "runagent serve --entry agent.py:app", about: "serve one object of a folder that has no config" },
  ],
  run: runServe,
};

async function runServe(call: CommandCall): Promise<number> {
  const { options, settings, output, signal } = call;
  const path = resolve(settings.workingFolder, call.arguments[0] ?? ".");
  // The server is most of the program: other commands do without it.
  const server = await import("@runagent/server");
  const serving = await server.serve(serveOptions(call, path));
  const forget = announce(call, { url: serving.url, pid: process.pid, root: path });
  process.once("exit", forget);
  if (options.flag("open")) openBrowser(serving.url, (why) => output.note(why));
  try {
    const code = await serving.closed;
    signal.throwIfAborted(); // whoever interrupted it decides the exit code
    return code;
  } finally {
    forget();
    process.off("exit", forget);
  }
}

/** Without it `run` needs --url; a full disk is no reason not to serve. */
function announce({ settings, output }: CommandCall, state: ServingState): () => void {
  try {
    return announceServing(settings.cacheFolder, state);
  } catch (error) {
    output.note(`Other commands will not find this server by themselves: ${reasonOf(error)}`);
    return () => undefined;
  }
}
