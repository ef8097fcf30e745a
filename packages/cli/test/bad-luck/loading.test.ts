/**
 * Saves that break the agent: the next call is told what is wrong, runs that began before end on the code they began with,
 * and the next good save heals it. All on one server.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, configOf, problemLike, READY_MS, type Serving, saying, serveFolder } from "./serving.ts";

const GOOD = `
import os
import time


def well(n: int) -> int:
    return n + 1


def waits(began: str, until: str) -> str:
    open(began, "w").close()
    while not os.path.exists(until):
        time.sleep(0.01)
    return "ended on the code it began with"
`;
const ENTRYPOINTS = { file: "agent.py", modules: ["well", "waits"] };
const CONFIG = "runagent.config.json";
const HEAL_MS = 10_000;

let served: Serving;
beforeAll(async () => {
  served = await serveFolder({ files: { "agent.py": GOOD }, ...ENTRYPOINTS });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

let count = 0;

/** What a call is answered after the change, while another run goes on; then the folder is as before, and heals. */
async function afterChange(change: () => Promise<unknown>): Promise<Answer> {
  count += 1;
  const [began, until] = [join(served.beside, `began-${count}`), join(served.beside, `until-${count}`)];
  const running = served.call("waits", { began, until });
  await eventually("the run's begin", () => existsSync(began), 5000);
  await change();
  const answer = await broken();
  expect((await served.request("/readyz")).status).toBe(503);
  expect((await served.request("/healthz")).status).toBe(200);
  await writeFile(until, "");
  expect(await running).toMatchObject({ status: 200, text: '"ended on the code it began with"' });
  await heal();
  return answer;
}

/** The first answer of the broken agent: a change is seen when the system tells it. */
const broken = (): Promise<Answer> =>
  eventually(
    "an answer of the broken agent",
    async () => {
      const answer = await served.call("well", { n: 1 });
      return answer.status === 200 ? null : answer;
    },
    HEAL_MS,
  );

async function heal(): Promise<void> {
  await mkdir(served.folder.path, { recursive: true });
  await served.folder.write("agent.py", GOOD);
  await served.folder.write(CONFIG, configOf(ENTRYPOINTS));
  await eventually("a healed agent", async () => (await served.request("/readyz")).status === 200, HEAL_MS);
  await served.neighbour();
}

const saved = (text: string): Promise<Answer> => afterChange(() => served.folder.write("agent.py", text));

describe("a save that", () => {
  test.each([
    [
      "is no Python",
      `${GOOD}\ndef broken(:\n    pass\n`,
      /SyntaxError.*agent\.py|agent\.py.*(?:SyntaxError|invalid syntax)/s,
    ],
    ["mixes tabs and spaces", `${GOOD}\ndef a():\n        x = 1\n\ty = 2\n`, /TabError|IndentationError/],
    ["is not UTF-8", `${GOOD}\n# coding: nonsense\n`.replace("\n", "# coding: nonsense\n"), /encoding|nonsense/],
    ["raises when it is imported", `${GOOD}\nraise ValueError("not today")\n`, /ValueError: not today/],
    ["divides by zero when it is imported", `${GOOD}\nx = 1 / 0\n`, /ZeroDivisionError/],
    ["exits when it is imported", `import sys\nsys.exit(3)\n${GOOD}`, /called sys\.exit\(3\)/],
    ["ends its process when it is imported", `import os\nos._exit(9)\n${GOOD}`, /exit code 9|code 9/],
    ["imports a name that is not there", `from os import nothing_of_that_name\n${GOOD}`, /nothing_of_that_name/],
    ["imports itself in a circle", `import agent\nagent.well(1)\n${GOOD}`, /well/],
  ])("%s is LOAD_FAILED with the user's own traceback", async (_, text, detail) => {
    const answer = await saved(text);
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", { origin: "agent", ...saying(detail) }));
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(answer.text).not.toContain("runagent_worker");
  });

  test("imports a package that is not there names it, the line and the command", async () => {
    const answer = await saved(`import requests_of_nobody\n${GOOD}`);
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/requests_of_nobody/)));
    expect(answer.text).toMatch(/agent\.py.{1,12}line 1|agent\.py:1/);
    expect(answer.text).toMatch(/(?:pip|uv)[^"]* (?:install|add) [^"]*requests[-_]of[-_]nobody/);
  });

  test("imports a package under another name than its own names the package", async () => {
    const answer = await saved(`import bs4\n${GOOD}`);
    expect(answer.text).toMatch(/beautifulsoup4/);
  });

  test("misses a function suggests the nearest that is there", async () => {
    const answer = await saved(GOOD.replace("def well", "def wel"));
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/well.*wel\b/s)));
    expect(answer.text).toMatch(/agent\.py/);
  });

  test("makes a function into a number says so", async () => {
    expect(await saved(`${GOOD}\nwell = 3\n`)).toEqual(
      problemLike(503, "LOAD_FAILED", saying(/well.*int|well.*call/s)),
    );
  });

  test("has a signature that cannot be read says how to mend it", async () => {
    const answer = await saved(`${GOOD}\nwell = max\n`);
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/agent\.py.*well/)));
    expect(answer.value).toMatchObject({ hint: expect.stringContaining('"input": "object"') });
  });

  test("has two parameters where the config hands over one thing says so, with file and line", async () => {
    const answer = await afterChange(async () => {
      await served.folder.write("agent.py", `${GOOD}\ndef two(a, b):\n    return a\n`);
      const modules = [...ENTRYPOINTS.modules, { module: "two", input: "object" }];
      await served.folder.write(CONFIG, configOf({ ...ENTRYPOINTS, modules }));
    });
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/agent\.py:\d+.*two.*"input": "object".*a.*b/)));
  });

  test("makes a batch without a parameter is refused with its place", async () => {
    const answer = await afterChange(async () => {
      await served.folder.write("agent.py", `${GOOD}\ndef none():\n    return []\n`);
      const modules = [...ENTRYPOINTS.modules, { module: "none", type: "batch" }];
      await served.folder.write(CONFIG, configOf({ ...ENTRYPOINTS, modules }));
    });
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/none.*batch|batch.*none/s)));
    expect(answer.text).toMatch(/agent\.py.{1,12}\d+/);
  });
});

describe("a config that", () => {
  const configured = (text: string): Promise<Answer> => afterChange(() => served.folder.write(CONFIG, text));

  test.each([
    ["is no JSON", "{ nonsense", /line|runagent\.config\.json:1/],
    ["is empty", "", /runagent\.config\.json/],
    ["is a number", "42", /object/],
    ["is bytes", "\u0000\u0001\ufffd", /runagent\.config\.json/],
    ["has entrypoints of the wrong kind", '{"agent_architecture":{"entrypoints":"agent.py"}}', /expected a list/],
    [
      "names a type that is none",
      configOf({ ...ENTRYPOINTS, modules: [{ module: "well", type: "generik" }] }),
      /generik.*generic/s,
    ],
    ["names a missing file", configOf({ ...ENTRYPOINTS, file: "agnet.py" }), /agnet\.py.*agent\.py/s],
    ["names a missing attribute", configOf({ ...ENTRYPOINTS, modules: ["well", "wait"] }), /wait\b.*waits/s],
    [
      "needs a variable that is not set",
      JSON.stringify({ ...JSON.parse(configOf(ENTRYPOINTS)), env_vars: { KEY: `\${NOWHERE_SET}` } }),
      /NOWHERE_SET/,
    ],
  ])("%s is LOAD_FAILED and says where", async (_, text, detail) => {
    expect(await configured(text)).toEqual(problemLike(503, "LOAD_FAILED", saying(detail)));
  });
});

describe("a folder that", () => {
  test("is deleted is LOAD_FAILED, and heals when it is back", async () => {
    const answer = await afterChange(() => rm(served.folder.path, { recursive: true }));
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/runagent-test-/)));
  });

  test("is moved away and back heals", async () => {
    const away = `${served.folder.path}-away`;
    const answer = await afterChange(() => rename(served.folder.path, away));
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED"));
    await rm(away, { recursive: true });
  });

  test("loses its source is LOAD_FAILED", async () => {
    const answer = await afterChange(() => rm(join(served.folder.path, "agent.py")));
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(/agent\.py/)));
  });
});
