/** The way out outlives its server: what is open goes on, names are answered, and the next server's daemon takes over. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEgress, readMappedHost } from "../../src/egress/index.ts";
import type { Inherited } from "../../src/egress/ports.ts";
import { CAN_MAKE_NETWORKS, inNetwork } from "./namespace-clients.ts";

const ORDER = { agent: "agent", version: "v1", rules: ["echo.example", "*.wild.example"] };
const WAIT_MS = 30_000;
/** Sends each line that it is given, and says what came back. */
const TALKER = `
import socket, sys
one = socket.create_connection(("198.18.1.0", 80), 10)
for line in sys.stdin:
    one.sendall(line.encode())
    print(one.recv(999).decode().strip(), flush=True)
`;

describe.runIf(CAN_MAKE_NETWORKS)("a way out that outlives its server", () => {
  const home = mkdtempSync(join(tmpdir(), "runagent-outlives-"));
  const folder = join(home, "networks");
  let server: Server;
  beforeAll(async () => {
    server = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  const start = (inherited: readonly Inherited[]) =>
    openEgress({
      ...{ folder, privateRanges: [], limits: DEFAULT_LIMITS, claim: () => undefined, isOwned: () => false },
      mapped: ["echo.example", "new.example", "a.wild.example"].map((name) =>
        readMappedHost(`${name}=127.0.0.1:${Object(server.address()).port}`),
      ),
      ...{ outlives: WAIT_MS, inherited, onReport: () => undefined, note: () => undefined },
    });

  test("no connection is cut and no name changes its address", { timeout: 2 * WAIT_MS }, async () => {
    const first = await start([]);
    const { network } = await first.open(ORDER);
    const ask = async (host: string): Promise<string> => (await inNetwork(network, { do: "ask", host })).said;
    expect(await ask("a.wild.example")).toBe("198.19.0.0");
    const talker = spawn("nsenter", [`--net=${network}`, "python3", "-c", TALKER], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const said = createInterface({ input: talker.stdout })[Symbol.asyncIterator]();
    const talk = async (line: string): Promise<string> => {
      talker.stdin.write(`${line}\n`);
      return (await said.next()).value ?? "nothing";
    };
    expect(await talk("before")).toBe("before");
    const old = Number.parseInt(readFileSync(`${folder}.daemons`, "utf8"), 10);
    await first.leave();
    expect(readdirSync(folder)).toHaveLength(1); // the one that was kept ready is gone
    expect(await talk("without a server")).toBe("without a server");
    expect([await ask("echo.example"), await ask("evil.example")]).toEqual(["198.18.1.0", "no such name"]);

    const gone = { network: join(folder, "gone", "net"), ...ORDER };
    const second = await start([{ network, ...ORDER, rules: ["echo.example", "*.wild.example", "new.example"] }, gone]);
    expect(second.inherited(gone.network)).toBeNull();
    const exit = second.inherited(network);
    if (exit === null) throw new Error("it was not taken over");
    await expect.poll(() => ask("new.example"), { timeout: WAIT_MS }).toBe("198.18.1.1"); // a word to the old one is on its way
    expect(await ask("a.wild.example")).toBe("198.19.0.0");
    expect(await talk("after")).toBe("after");
    expect(isAlive(old)).toBe(true); // it holds that connection, and takes no other
    talker.stdin.end();
    await expect.poll(() => isAlive(old), { timeout: WAIT_MS }).toBe(false);
    expect(await ask("echo.example")).toBe("198.18.1.0");
    await exit.close();
    await second.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
