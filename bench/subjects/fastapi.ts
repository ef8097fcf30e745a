/** FastAPI on uvicorn, with its fast loop and parser, access log off: one worker or two. */
import { join, resolve } from "node:path";
import { freePort } from "@runagent/testing";
import { benchPython } from "./python.ts";
import { type Subject, startOnPort } from "./subject.ts";

const APP = resolve(import.meta.dirname, "../agents/fastapi");

export const fastapi = (workers: 1 | 2): Subject => ({
  name: `FastAPI, ${workers} worker${workers === 1 ? "" : "s"}`,
  async start() {
    const port = await freePort();
    const uvicorn = join(await benchPython(), "uvicorn");
    const argv = [uvicorn, "app:app", "--port", String(port), "--no-access-log", "--log-level", "warning"];
    return startOnPort([...argv, "--workers", String(workers)], port, { cwd: APP });
  },
});
