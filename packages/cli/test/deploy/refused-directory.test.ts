/** Data directories that a server must not begin with: it says why, ends with 3, and leaves them as they are. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { startProcess, tempFolder } from "@runagent/testing";
import { describe, expect, test } from "vitest";
import { PROGRAM } from "../command-line.ts";
import { BUILD_MS, CONTAINERS, startPlatform } from "./platform.ts";

const server = (data: string): readonly string[] => [
  ...[PROGRAM, "server", "--data", data, "--port", "0", "--json", "--isolation", "none"],
];

describe.runIf(CONTAINERS)("a data directory on a disk that is only read", { timeout: BUILD_MS }, () => {
  test("is refused and named, and nothing is written", async () => {
    await using folder = await tempFolder({});
    const data = join(folder.path, "data");
    mkdirSync(data);
    const readOnly = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
    const started = startProcess(["unshare", "--mount", "sh", "-c", readOnly, data, ...server(data)]);
    expect(await started.ended).toBe(3);
    const said = JSON.parse(started.output.stdout);
    expect(said).toMatchObject({ code: "CONFLICT", origin: "caller" });
    expect(said.detail).toContain(`${data} cannot be used: it cannot be written (EROFS)`);
    expect(readdirSync(data)).toEqual([]);
  });
});

test(
  "a data directory whose secrets are under another master key is refused, and served again under its own",
  async () => {
    const first = await startPlatform();
    try {
      first.server.signal("SIGKILL");
      await first.server.ended;
      const env = { ...process.env, RUNAGENT_MASTER_KEY: randomBytes(32).toString("base64") };
      const other = startProcess(server(first.data), { env });
      expect(await other.ended).toBe(3);
      expect(JSON.parse(other.output.stdout).detail).toContain("The master key is not the one");
      const again = await first.again("SIGKILL");
      expect(await again.client.agents()).toEqual([]);
      await again.close();
    } finally {
      await first.folder.close();
    }
  },
  BUILD_MS,
);
