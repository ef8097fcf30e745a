/** Folders of third parties, rebuilt from what is public of them: what is proposed without a config. */
import { tempFolder } from "@runagent/testing";
import { expect, onTestFinished, test } from "vitest";
import { discoverAgent } from "../../../src/build/discover.ts";
import { AGENTS } from "./repositories/agents.ts";
import { CREWS } from "./repositories/crews.ts";
import { LANGGRAPH } from "./repositories/langgraph.ts";
import { TYPESCRIPT } from "./repositories/typescript.ts";

const ALL = [...LANGGRAPH, ...CREWS, ...AGENTS, ...TYPESCRIPT];

test.for(ALL)("$source", async ({ files, serves, framework, says }) => {
  const folder = await tempFolder(files);
  onTestFinished(() => folder.close());
  const discovery = await discoverAgent({ root: folder.path, env: { PATH: process.env.PATH }, python: null });
  if (discovery.kind === "nothing") {
    expect({ serves: [], why: discovery.why.join("\n") }).toEqual({ serves, why: expect.stringContaining(says ?? "") });
    return;
  }
  const { found } = discovery;
  const proposed = found.entrypoints.map(
    ({ file, module, tag }) => `${file}:${module}${tag === undefined ? "" : `=${tag}`}`,
  );
  expect({ serves: proposed, framework: found.framework }).toEqual({ serves, framework });
});

test("something to serve is proposed in nearly all of them", () => {
  const served = ALL.filter(({ serves }) => serves.length > 0);
  expect({ all: ALL.length, served: served.length }).toEqual({ all: 60, served: 57 });
});
