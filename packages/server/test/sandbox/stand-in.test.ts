import { sandboxContract, TAGS } from "./contract.ts";
import { fixture, start } from "./harness.ts";

sandboxContract("a sandbox with the scripted worker", () =>
  start({
    language: "python",
    workerFile: fixture("stand-in.py"),
    root: fixture("python"),
    file: "agent.py",
    tags: TAGS,
  }),
);
