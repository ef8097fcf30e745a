/** An agent's folder, served by the real command on a port of its own. */
import { resolve } from "node:path";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";

const COMMAND = resolve(import.meta.dirname, "../../cli/bin/runagent");
export const AGENT = resolve(import.meta.dirname, "agent");
const START_MS = 60_000;

export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly process: StartedProcess;
  close(): Promise<void>;
}

export async function serve(folder: string = AGENT, port = 0): Promise<Served> {
  const home = await tempFolder();
  const process = startProcess([COMMAND, "serve", folder, "--port", String(port), "--json"], {
    env: { ...globalThis.process.env, RUNAGENT_HOME: home.path },
  });
  const close = async (): Promise<void> => {
    process.signal("SIGINT");
    await process.ended;
    await process.close();
    await home.close();
  };
  const first = await process.line(() => true, START_MS);
  const { url }: { url?: string } = JSON.parse(first);
  if (url === undefined) {
    await close();
    throw new Error(`not served: ${first}`);
  }
  return { url, process, close, [Symbol.asyncDispose]: close };
}

const CONFIG = JSON.stringify({
  agent_name: "small",
  agent_architecture: { entrypoints: [{ file: "agent.py", module: "greet", tag: "greet" }] },
});

/** A folder whose code a test may break. */
export const smallAgent = (code: string): Promise<TemporaryFolder> =>
  tempFolder({ "agent.py": code, "runagent.config.json": CONFIG });
