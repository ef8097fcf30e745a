/** Builds that mean harm, hang, flood or take too much: each ends with the limit that it met, and leaves nothing. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUILD_MS, CAN_CONFINE, testBase } from "../../sandbox/confined.ts";
import { type BuildOptions, build, project, runner } from "./building.ts";

const MiB = 1 << 20;

/** What a package does while it is installed. No index is needed: it is its own build backend. */
const hostile = (python: string): Record<string, string> =>
  project({
    "requirements.txt": "./bad\n",
    "bad/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "bad/backend.py": `import os, socket, sys, time\ndef build_wheel(*_):\n    ${python.replaceAll("\n", "\n    ")}\n    raise SystemExit(1)\n`,
  });

describe.runIf(CAN_CONFINE)("a build in its sandbox", { timeout: BUILD_MS }, () => {
  let home: TemporaryFolder;
  beforeAll(async () => {
    await testBase();
    home = await tempFolder({});
  }, BUILD_MS);
  afterAll(() => home?.close());

  async function refused(python: string, options: Omit<BuildOptions, "home"> = {}): Promise<RunAgentError> {
    await using folder = await tempFolder(hostile(python));
    const error = await build(folder.path, { ...options, home: home.path }).then(
      () => null,
      (one: unknown) => one,
    );
    if (!(error instanceof RunAgentError)) throw new Error(`no refusal: ${String(error)}`);
    return error;
  }

  const nothingIsLeft = (): void => {
    expect(readdirSync(join(home.path, "sandboxes")).filter((name) => name !== "volumes")).toEqual([]);
    expect(readdirSync(join(home.path, "build-networks"))).toEqual([]);
    expect(readFileSync("/proc/mounts", "utf8")).not.toContain(home.path);
  };

  test("that hangs is ended in its time", async () => {
    const { problem } = await refused("time.sleep(3600)", { limits: { build_time: 4000 } });
    expect(problem).toMatchObject({ code: "LOAD_FAILED", limit: "build_time" });
    expect(problem.detail).toContain("longer than 4 s");
    nothingIsLeft();
  });

  test("that writes without end meets its disk", async () => {
    const write = 'with open("/tmp/big", "wb") as file:\n    while True: file.write(bytes(1 << 20))';
    const { problem } = await refused(write, { limits: { build_disk: 96 * MiB } });
    expect(problem).toMatchObject({ code: "LOAD_FAILED", limit: "build_disk" });
    expect(problem.detail).toContain("more than 96 MiB");
    nothingIsLeft();
  });

  test("that prints without end is stopped, whether or not it ends its lines", async () => {
    for (const end of ["\\n", ""]) {
      const script = `while :; do printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx${end}'; done`;
      let bytes = 0;
      const run = await runner(home.path, { build_output: MiB });
      const ended = await run({
        ...{ argv: ["/bin/bash", "-c", script], cwd: "/", env: {}, binds: [], cache: { name: null, to: "/var/tmp" } },
        reach: { trusted: [], named: [] },
        signal: AbortSignal.timeout(BUILD_MS),
        onLine: (line) => {
          bytes += line.length;
        },
      });
      expect(ended.met).toBe("output");
      expect(bytes).toBeLessThanOrEqual(MiB);
    }
    nothingIsLeft();
  });

  test("that takes memory without end meets its own, not the machine's", async () => {
    const { problem } = await refused("x = [bytearray(1 << 20) for _ in range(4096)]", {
      limits: { build_memory: 192 * MiB },
    });
    expect(problem).toMatchObject({ code: "LOAD_FAILED", limit: "build_memory" });
    nothingIsLeft();
  });

  test("sees no secret but those of build.secrets, and those are in no line", async () => {
    const tell = 'print("SEEN", os.environ.get("GIVEN"), os.environ.get("SHELL_ONLY"), file=sys.stderr)';
    const { problem } = await refused(tell, { env: { SHELL_ONLY: "outside" }, secrets: { GIVEN: "s3cret-value" } });
    const said = JSON.stringify(problem);
    expect(said).toContain("SEEN *** None");
    expect(said).not.toContain("s3cret-value");
    expect(said).not.toContain("outside");
  });

  test("reaches neither this machine nor a host that is no index, and its log says so", async () => {
    const server = createServer((_, response) => response.end("host")).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = Object(server.address()) as AddressInfo; // it listens
    const tries = [
      "def dial(host, port):",
      "    try: return str(socket.create_connection((host, port), 5))",
      '    except OSError as error: return f"refused {type(error).__name__}"',
      `print("LOOPBACK", dial("127.0.0.1", ${port}), file=sys.stderr)`,
      'print("OTHER", dial("example.com", 443), file=sys.stderr)',
      `print("HOST", os.path.exists(${JSON.stringify(import.meta.dirname)}), os.getuid(), file=sys.stderr)`,
    ].join("\n");
    const lines: string[] = [];
    const { problem } = await refused(tries, { onLine: (line) => lines.push(line) });
    server.close();
    expect(problem.traceback).toContain("LOOPBACK refused");
    expect(problem.traceback).toContain("OTHER refused");
    expect(problem.traceback).toContain("HOST False 999999");
    expect(lines.join("\n")).toContain("example.com was refused: a build reaches package indexes only");
  });

  test("that is aborted is gone, with nothing half-built", async () => {
    await using folder = await tempFolder(hostile('print("begun", file=sys.stderr)\ntime.sleep(3600)'));
    const abort = new AbortController();
    const building = build(folder.path, {
      home: home.path,
      signal: abort.signal,
      onLine: (line) => {
        if (line.includes("sandbox's environment")) setTimeout(() => abort.abort(new Error("enough")), 1500);
      },
    });
    await expect(building).rejects.toThrow("enough");
    nothingIsLeft();
    const left = readdirSync(join(home.path, "sandbox-environments")).filter((name) => name !== "uses");
    expect(left).toEqual([]);
  });
});
