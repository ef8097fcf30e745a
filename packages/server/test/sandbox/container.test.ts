import { beforeAll, describe } from "vitest";
import type { Base } from "../../src/build/base/debian.ts";
import { BUILD_MS, CAN_CONFINE, startConfined, testBase, testNodeWorker } from "./confined.ts";
import { sandboxContract, TAGS } from "./contract.ts";
import { fixture } from "./harness.ts";

describe.runIf(CAN_CONFINE)("in a container", () => {
  let base: Base;
  let nodeWorker: string;
  beforeAll(async () => {
    base = await testBase();
    nodeWorker = await testNodeWorker();
  }, BUILD_MS);

  sandboxContract("a sandbox with Python workers", () =>
    startConfined(base, { root: fixture("python"), file: "agent.py", tags: TAGS }),
  );

  sandboxContract("a sandbox with Node workers", () =>
    startConfined(base, { root: fixture("node"), file: "agent.mjs", tags: TAGS, nodeWorker }),
  );
});
