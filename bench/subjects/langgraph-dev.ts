/** `langgraph dev`: the server that LangGraph's own users have on their laptop. */
import { join, resolve } from "node:path";
import { freePort } from "@runagent/testing";
import { benchPython } from "./python.ts";
import { type Subject, startOnPort } from "./subject.ts";

const APP = resolve(import.meta.dirname, "../agents/langgraph-dev");

export const langgraphDev: Subject = {
  name: "LangGraph dev",
  async start() {
    const port = await freePort();
    const bin = await benchPython();
    const argv = [join(bin, "langgraph"), "dev", "--no-browser", "--no-reload", "--port", String(port)];
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}`, LANGSMITH_TRACING: "false" };
    return startOnPort(argv, port, { cwd: APP, env });
  },
};
