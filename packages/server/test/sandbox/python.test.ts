import { fileURLToPath } from "node:url";
import { sandboxContract, TAGS } from "./contract.ts";
import { fixture, start } from "./harness.ts";

sandboxContract("a sandbox with Python workers", () =>
  start({
    language: "python",
    workerFile: fileURLToPath(new URL("../../../worker-python/runagent_worker", import.meta.url)),
    root: fixture("python"),
    file: "agent.py",
    tags: TAGS,
  }),
);
