/** A server that is killed amid a deployment: afterwards the same version is live, and nothing of the half one is there. */

import { tempFolder } from "@runagent/testing";
import { expect, test } from "vitest";
import { startRunagent } from "../command-line.ts";
import { agentFiles, BUILD_MS, type Platform, startPlatform } from "./platform.ts";

const SLOW = "import time\ntime.sleep(1)\n";

/** Begins a deployment with the command line and waits until it has told a step. */
async function deployUntil(server: Platform, folder: string, step: string): Promise<void> {
  const child = startRunagent(["deploy", "--json"], {
    cwd: folder,
    env: { RUNAGENT_URL: server.url, RUNAGENT_API_KEY: server.key },
  });
  let text = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (data: Buffer) => {
      text += data.toString();
      if (text.includes(`"name":"${step}"`)) resolve();
    });
    child.once("close", () => reject(new Error(`it ended before ${step}: ${text}`)));
  });
}

test(
  "kill -9 of the server at each step of a deploy leaves the version that was live, and nothing half",
  async () => {
    let server = await startPlatform();
    const agent = await tempFolder(agentFiles("one"));
    await server.json(["deploy"], agent.path);
    for (const [i, step] of ["upload", "build"].entries()) {
      await agent.write("agent.py", `${SLOW}${agentFiles(`half ${i}`)["agent.py"]}`);
      await deployUntil(server, agent.path, step);
      server = await server.again("SIGKILL");
      expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "one" });
      const { items } = await server.json(["versions", "greeter"]);
      expect(items).toMatchObject([{ version: "v1", status: "live" }]);
      expect(items).toHaveLength(1);
    }
    await agent.write("agent.py", agentFiles("two")["agent.py"]);
    expect(await server.json(["deploy"], agent.path)).toMatchObject({ changed: true });
    expect(await server.client.agent("greeter").run({})).toMatchObject({ release: "two" });
    await server.close();
    await agent.close();
  },
  BUILD_MS,
);

test(
  "Ctrl-C takes a deployment back, and the next one goes as if it had never been",
  async () => {
    const server = await startPlatform();
    const agent = await tempFolder({ ...agentFiles("slow"), "slow.py": "" });
    await agent.write("agent.py", `import time\ntime.sleep(30)\n${agentFiles("slow")["agent.py"]}`);
    const child = startRunagent(["deploy", "--json"], {
      cwd: agent.path,
      env: { RUNAGENT_URL: server.url, RUNAGENT_API_KEY: server.key },
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    await new Promise<void>((resolve) =>
      child.stdout?.on("data", (data: Buffer) => {
        if (data.toString().includes('"name":"build"')) resolve();
      }),
    );
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    expect(await server.json(["agents"])).toEqual({ items: [] });
    await agent.write("agent.py", agentFiles("quick")["agent.py"]);
    expect(await server.json(["deploy"], agent.path)).toMatchObject({ version: "v1" });
    await server.close();
    await agent.close();
  },
  BUILD_MS,
);
