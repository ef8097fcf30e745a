/** What the agent of a folder can do: of the server that is named or serves it; else the folder is loaded as `serve` does, and left. */
import { Writable } from "node:stream";
import { type AgentView, RunAgent } from "@runagent/sdk";
import type { CommandCall } from "./command.ts";
import { connect } from "./connect.ts";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";
import { readFolderAgent } from "./folder-agent.ts";
import { findServing } from "./serving-state.ts";

export async function describeAgent(call: CommandCall, folder: string): Promise<AgentView> {
  const { options, settings, signal } = call;
  const named = options.text("url") ?? options.text("target") ?? settings.url;
  if (named === null && findServing(settings.cacheFolder, folder) === undefined) return loaded(call, folder);
  const client = connect(call, folder);
  const agents = await client.agents({ signal });
  const [only] = agents;
  const own = agents.length === 1 ? only : await readFolderAgent(folder, settings);
  const found = agents.find(({ name }) => name === own?.name);
  // A list is of this moment; who asks for one agent gets it as it is after a save that is being loaded.
  if (found !== undefined) return client.agent(found.name).describe({ signal });
  const names = agents.map(({ name }) => name).join(", ") || "none";
  throw new CommandFailure(EXIT.invalid, `Which agent is meant cannot be told: the server has ${names}.`);
}

async function loaded({ settings, output, signal }: CommandCall, path: string): Promise<AgentView> {
  const { serve } = await import("@runagent/server");
  const said = new Lines();
  const serving = await serve({
    ...{
      path,
      signal,
      host: "127.0.0.1",
      port: 0,
      portExplicit: false,
      reload: false,
      sandbox: false,
      mapHosts: [],
      explain: false,
    },
    ...{ envFile: null, entry: null, python: null, logFormat: "json", json: true, quiet: false, verbose: false },
    ...{ color: false, home: settings.cacheFolder, shellEnv: settings.shell, stdout: said, watched: false },
    stderr: output.quiet ? new Lines() : output.streams.stderr,
  });
  try {
    const [agent] = await new RunAgent({ url: serving.url }).agents({ signal }).catch(() => []);
    if (agent !== undefined) return agent;
    throw new CommandFailure(EXIT.agent, `The agent of ${path} cannot be loaded: ${said.problem()}`);
  } finally {
    await serving.close("SIGTERM");
  }
}

/** What `serve` would have printed. */
class Lines extends Writable {
  #text = "";

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#text += chunk.toString();
    done();
  }

  /** Why the agent cannot be loaded, as its first line says. */
  problem(): string {
    const [first = "{}"] = this.#text.split("\n");
    const { problem = {} } = JSON.parse(first || "{}");
    return problem.traceback ?? problem.detail ?? "it said nothing";
  }
}
