/** Versions change while people call: no call is refused, none is lost, and a run ends on the version it began with. */
import { tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { agentFiles, BUILD_MS, type Platform, startPlatform } from "./platform.ts";

let server: Platform;
let agent: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  server = await startPlatform();
  agent = await tempFolder(agentFiles("one"));
  await server.json(["deploy"], agent.path);
}, BUILD_MS);
afterAll(async () => {
  await server.close();
  await agent.close();
});

/** Calls again and again until told to stop; what each was answered. */
function calling(callers: number) {
  const answers: unknown[] = [];
  let going = true;
  const one = async (): Promise<void> => {
    while (going)
      answers.push(
        await server.client
          .agent("greeter")
          .run({})
          .catch((error: unknown) => String(error)),
      );
  };
  const all = Array.from({ length: callers }, one);
  const stop = async (): Promise<readonly unknown[]> => {
    going = false;
    await Promise.all(all);
    return answers;
  };
  return { answers, stop };
}

const releasesIn = (answers: readonly unknown[]): unknown[] => [
  ...new Set(answers.map((one) => (typeof one === "object" && one !== null && "release" in one ? one.release : one))),
];

test("deploy, rollback and promote refuse no call", async () => {
  const load = calling(8);
  await agent.write("agent.py", agentFiles("two")["agent.py"]);
  await server.json(["deploy"], agent.path);
  await server.json(["rollback", "greeter"]);
  await server.json(["promote", "greeter", "v2"]);
  const answers = await load.stop();
  expect(releasesIn(answers)).toEqual(["one", "two"]);
  expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "two" });
}, 60_000);

test("a stream that began before a deploy goes on to its end on its own version", async () => {
  const chunks: unknown[] = [];
  let deployed: Promise<unknown> | null = null;
  for await (const event of server.client.agent("greeter").stream({ to: 100 }, { tag: "count" })) {
    if (event.type !== "chunk") continue;
    chunks.push(event.data);
    if (deployed !== null) continue;
    await agent.write("agent.py", agentFiles("three")["agent.py"]);
    deployed = server.json(["deploy"], agent.path);
  }
  expect(chunks).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  expect(await deployed).toMatchObject({ changed: true });
}, 60_000);

test("a burst on a sleeping agent is one start, and all are answered", async () => {
  server = await server.again("SIGTERM");
  const answers = await Promise.all(Array.from({ length: 100 }, () => server.client.agent("greeter").run({})));
  expect(releasesIn(answers)).toEqual(["three"]);
  const metrics = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${server.key}` } });
  expect(await metrics.text()).toMatch(/runagent_starts_total\{kind="sandbox"\} 1\n/);
}, 60_000);

test("two deploys at once are put in place one after the other", async () => {
  const [left, right] = [await tempFolder(agentFiles("left")), await tempFolder(agentFiles("right"))];
  const both = await Promise.all([left, right].map((one) => server.json(["deploy"], one.path)));
  expect(both.map((one) => one.version).sort()).toEqual(["v4", "v5"]);
  const last = both.find((one) => one.version === "v5") === both[0] ? "left" : "right";
  expect(await server.client.agent("greeter").run({})).toMatchObject({ release: last });
  await Promise.all([left.close(), right.close()]);
}, 60_000);

test("an agent that is deleted takes its runs with it, cancelled by the operator", async () => {
  const stream = server.client.agent("greeter").stream({ to: 10_000 }, { tag: "count" });
  const following = async (): Promise<void> => {
    let deleted = false;
    for await (const event of stream) {
      if (event.type !== "chunk" || deleted) continue;
      deleted = true;
      await server.json(["delete", "greeter", "--yes"]);
    }
  };
  await expect(following()).rejects.toThrow("Cancelled by operator: the agent was deleted");
}, 60_000);
