import { fileURLToPath } from "node:url";
import { sandboxContract, TAGS } from "./contract.ts";
import { fixture, start } from "./harness.ts";

sandboxContract("a sandbox with Node workers", () =>
  start({
    language: "node",
    workerFile: fileURLToPath(new URL("../../../worker-node/src/main.ts", import.meta.url)),
    root: fixture("node"),
    file: "agent.mjs",
    tags: TAGS,
  }),
);
