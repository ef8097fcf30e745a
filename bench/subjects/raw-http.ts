/** The ceiling: what Node itself can do on this machine. */
import { resolve } from "node:path";
import { freePort } from "@runagent/testing";
import { type Subject, startOnPort } from "./subject.ts";

export const rawHttp: Subject = {
  name: "raw `node:http`",
  async start() {
    const port = await freePort();
    return startOnPort([process.execPath, resolve(import.meta.dirname, "raw-http-server.ts"), String(port)], port);
  },
};
