/** `runagent server status`: what runs with a data directory. */
import http from "node:http";
import https from "node:https";
import type { CommandSpec } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { DATA_OPTION, dataFolder } from "./data-option.ts";

export const serverStatus: CommandSpec = {
  name: "server status",
  summary: "say whether a server runs with a data directory, and where it listens",
  options: [DATA_OPTION],
  examples: [{ line: "runagent server status", about: "exit 0: it runs and is ready; 4: it does not" }],
  async run(call) {
    const { output } = call;
    const { isInUse, readServerState } = await import("@runagent/server/platform");
    const data = dataFolder(call);
    const state = readServerState(data);
    const ready = state !== null && (await isReady(state.url));
    const status = state === null ? (isInUse(data) ? "starting" : "stopped") : ready ? "ready" : "not ready";
    if (output.json) output.document({ status, data, url: state?.url ?? null, pid: state?.pid ?? null });
    else output.line(state === null ? `${status}: ${data}` : `${status} on ${state.url}, pid ${state.pid}: ${data}`);
    return ready ? EXIT.ok : EXIT.unreachable;
  },
};

const ANSWER_MS = 5000;

/** Its certificate may be its own: nothing secret is asked for. */
function isReady(url: string): Promise<boolean> {
  const get = url.startsWith("https:") ? https.get : http.get;
  return new Promise((resolve) => {
    const request = get(`${url}/readyz`, { rejectUnauthorized: false, timeout: ANSWER_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
