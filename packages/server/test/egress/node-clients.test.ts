/** Node's own clients in a sandbox's network, with its resolver: names, TLS from end to end, refusals as they word them. */
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Egress, type Exit, openEgress, readMappedHost } from "../../src/egress/index.ts";
import { CAN_MAKE_NETWORKS } from "./namespace-clients.ts";

const exec = promisify(execFile);
const NAME = "secure.example";
const CLIENTS = {
  fetch: `fetch(url).then((answer) => answer.text()).then(say, (error) => say(error.cause?.code + " " + error.cause?.message))`,
  https: `require("https").get(url, async (answer) => { let text = ""; for await (const part of answer) text += part; say(text); })
    .on("error", (error) => say(error.code + " " + error.message))`,
};

describe.runIf(CAN_MAKE_NETWORKS)("Node's clients in the network of a sandbox", () => {
  const folder = mkdtempSync(join(tmpdir(), "runagent-networks-"));
  const [certificate, key, resolv] = ["cert.pem", "key.pem", "resolv.conf"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]; // three in, three out
  let server: Server;
  let egress: Egress;
  let exit: Exit;

  beforeAll(async () => {
    const subject = ["-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`];
    const form = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    execFileSync("openssl", ["req", ...form, ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    writeFileSync(resolv, "nameserver 127.0.0.53\n");
    server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) =>
      response.end(`hello from ${request.headers.host}`),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    egress = await openEgress({
      folder: join(folder, "networks"),
      mapped: [readMappedHost(`${NAME}=127.0.0.1:${Object(server.address()).port}`)],
      ...{ privateRanges: [], limits: DEFAULT_LIMITS, claim: () => undefined, isOwned: () => false },
      ...{ outlives: 0, inherited: [] },
      ...{ onReport: () => undefined, note: () => undefined },
    });
    exit = await egress.open({ agent: "agent", version: "v1", rules: [NAME] });
  });
  afterAll(async () => {
    await egress?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const get = async (client: keyof typeof CLIENTS, url: string): Promise<string> => {
    const script = `const say = (text) => console.log(text), url = process.argv[1]; ${CLIENTS[client]}`;
    const inside = `mount --bind "$1" /etc/resolv.conf && exec "$2" -e "$3" "$4"`;
    const words = ["unshare", "--mount", "sh", "-c", inside, "sh", resolv, process.execPath, script, url];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate };
    return (await exec("nsenter", [`--net=${exit.network}`, ...words], { env })).stdout.trim();
  };

  test.each(["fetch", "https"] as const)("%s: an allowed name, its certificate checked", async (client) => {
    expect(await get(client, `https://${NAME}/`)).toBe(`hello from ${NAME}`);
  });

  test.each(["fetch", "https"] as const)("%s: another name, another port, an address", async (client) => {
    expect(await get(client, "https://evil.example/")).toContain("ENOTFOUND");
    expect(await get(client, `https://${NAME}:8443/`)).toMatch(/access denied/);
    expect(await get(client, "https://1.2.3.4/")).toContain("EACCES");
  });
});
