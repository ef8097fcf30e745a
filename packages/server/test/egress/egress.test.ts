/** The way out, really made: a namespace, the daemon, clients inside, servers outside. Without root and nftables it is not run. */
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Egress, type Exit, openEgress, type Report, readMappedHost } from "../../src/egress/index.ts";
import { CAN_MAKE_NETWORKS, type Came, inNetwork, inNetworkNow } from "./namespace-clients.ts";

const GET = Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n").toString("hex");
const CLIENT_HELLO = "1603010005010000010303";
/** Before any client would ask again; how fast it is, the benchmark says. */
const AT_ONCE_MS = 1000;
const DOWNLOAD = 8 << 20;

describe.runIf(CAN_MAKE_NETWORKS)("the network of a sandbox", () => {
  const folder = mkdtempSync(join(tmpdir(), "runagent-networks-"));
  const reports: Report[] = [];
  let noted: (sentence: string) => void = () => undefined;
  const servers: Server[] = [];
  let egress: Egress;
  let exit: Exit;
  const network = (): string => exit.network;

  const listen = async (answer: (text: string) => string | Buffer): Promise<number> => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.once("data", (bytes) => socket.end(answer(String(bytes))));
      socket.on("error", () => undefined);
    }).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return Object(server.address()).port;
  };

  beforeAll(async () => {
    const echo = await listen((text) => `echo ${text}`);
    const large = await listen(() => Buffer.alloc(DOWNLOAD));
    egress = await openEgress({
      folder,
      mapped: [
        ...[`good.example=127.0.0.1:${echo}`, `large.example=127.0.0.1:${large}`, `a.wild.example=127.0.0.1:${echo}`],
        ...[`b.wild.example=127.0.0.1:${echo}`, "down.example=127.0.0.1:1", `unnamed.example=127.0.0.1:${echo}`],
      ].map(readMappedHost),
      privateRanges: [],
      limits: DEFAULT_LIMITS,
      ...{ outlives: 0, inherited: [] },
      claim: () => undefined,
      isOwned: () => false,
      onReport: (_, report) => reports.push(report),
      note: (sentence) => noted(sentence),
    });
    exit = await egress.open({
      agent: "agent",
      version: "v1",
      rules: ["good.example", "large.example", "down.example", "*.wild.example"],
    });
  });
  afterAll(async () => {
    await exit?.close();
    await egress?.close();
    for (const server of servers) server.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  const ask = (host: string, more: object = {}): Promise<Came> => inNetwork(network(), { do: "ask", host, ...more });
  const connect = (host: string, more: object = {}): Promise<Came> =>
    inNetwork(network(), { do: "connect", host, port: 80, send: GET, half: true, ...more });

  test("an allowed name has an address that exists only there, the same each time, whoever is asked and how", async () => {
    expect((await ask("good.example")).said).toBe("198.18.1.0");
    expect((await ask("GOOD.example", { udp: false })).said).toBe("198.18.1.0");
    expect((await ask("good.example", { server: "198.18.0.1" })).said).toBe("198.18.1.0");
    const aaaa = 28;
    expect((await ask("good.example", { kind: aaaa })).said).toBe("empty");
  });

  test("any other name does not exist, at once, even one that the operator mapped", async () => {
    for (const host of ["evil.example", "wild.example", "unnamed.example", "localhost", "good.example.evil.example"]) {
      const { said, ms } = await ask(host);
      expect(said).toBe("no such name");
      expect(ms).toBeLessThan(AT_ONCE_MS);
    }
    await expect
      .poll(() => reports)
      .toContainEqual(expect.objectContaining({ host: "evil.example", result: "refused" }));
  });

  test("a connection to an allowed name gets through, half-closed as it was, and is counted", async () => {
    expect((await connect("good.example")).said).toContain("echo GET /");
    const counted = {
      host: "good.example",
      port: 80,
      result: "ok",
      sent: GET.length / 2,
      received: GET.length / 2 + 5,
    };
    await expect.poll(() => reports).toContainEqual(expect.objectContaining(counted));
  });

  test("megabytes get through whole", async () => {
    expect((await connect("large.example")).said).toBe(`${DOWNLOAD} bytes`);
  });

  test("a name below `*.host` has an address that was written down before", async () => {
    const [first, second] = [(await ask("a.wild.example")).said, (await ask("b.wild.example")).said];
    expect([first, second]).toEqual(["198.19.0.0", "198.19.0.1"]);
    const [id = ""] = network().split("/").slice(-2);
    expect(readFileSync(join(folder, id, "names"), "utf8")).toBe("a.wild.example\nb.wild.example\n");
    expect((await connect("b.wild.example", { port: 443 })).said).toContain("echo");
  });

  test.each([
    ["in HTTP", GET, "HTTP/1.1 403 Forbidden"],
    ["in TLS", CLIENT_HELLO, "\x15\x03\x03\x00\x02\x02\x31"],
    ["by a reset", "00", "ConnectionResetError"],
  ])("another port is refused %s, at once", async (_, send, words) => {
    const { said, ms } = await connect("good.example", { port: 8080, send, half: false });
    expect(said).toContain(words);
    expect(ms).toBeLessThan(AT_ONCE_MS);
  });

  test.each([
    ["in HTTP", GET, "HTTP/1.1 502 Bad Gateway"],
    ["in TLS", CLIENT_HELLO, "\x15\x03\x03\x00\x02\x02\x50"],
  ])("what is down is said %s", async (_, send, words) => {
    expect((await connect("down.example", { send, half: false })).said).toContain(words);
  });

  test.each(["1.2.3.4", "169.254.169.254", "10.0.0.1", "::1", "2606:4700::1111", "::ffff:127.0.0.1", "198.18.1.77"])(
    "the address %s itself is not reached, at once",
    async (host) => {
      const { said, ms } = await connect(host, { direct: true });
      expect(said).toMatch(/^(PermissionError|ConnectionRefusedError|ConnectionResetError|OSError)$/);
      expect(ms).toBeLessThan(AT_ONCE_MS);
    },
  );

  test("another sandbox has its own names", async () => {
    const other = await egress.open({ agent: "other", version: "v1", rules: ["unnamed.example"] });
    try {
      expect((await inNetwork(other.network, { do: "ask", host: "good.example" })).said).toBe("no such name");
      expect((await inNetwork(other.network, { do: "ask", host: "unnamed.example" })).said).toBe("198.18.1.0");
    } finally {
      await other.close();
    }
    expect(existsSync(other.network)).toBe(false);
  });

  test("eight sandboxes that are opened at once have eight networks", { timeout: 60_000 }, async () => {
    const names = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? "good.example" : "down.example"));
    const opened = await Promise.all(
      names.map((name, i) => egress.open({ agent: `a${i}`, version: "v1", rules: [name] })),
    );
    try {
      expect(new Set(opened.map((one) => statSync(one.network).ino)).size).toBe(8);
      const asked = opened.map((one) => inNetwork(one.network, { do: "ask", host: "good.example" }));
      const said = names.map((name) => (name === "good.example" ? "198.18.1.0" : "no such name"));
      expect((await Promise.all(asked)).map((one) => one.said)).toEqual(said);
    } finally {
      await Promise.all(opened.map((one) => one.close()));
    }
  });

  test("the daemon has no privilege; killed, nothing gets out until it is back, and names keep their addresses", async () => {
    const pid = daemonOf(process.pid);
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    expect(status).toMatch(/^Uid:\t999998\t999998\t999998\t999998$/m);
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    const down = new Promise<readonly string[]>((resolve) => {
      noted = (sentence) => resolve([sentence, inNetworkNow(network(), { do: "ask", host: "good.example" }).said]);
    });
    process.kill(pid, "SIGKILL");
    expect(await down).toEqual(["The egress daemon ended; it is started again.", "ConnectionRefusedError"]);
    await expect.poll(async () => (await ask("b.wild.example")).said, { timeout: 5000 }).toBe("198.19.0.1");
    expect((await connect("good.example")).said).toContain("echo GET /");
  });
});

function daemonOf(parent: number): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").map(Number);
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("daemon-process"));
  if (found === undefined) throw new Error("no daemon");
  return found;
}
