/** How calls reach a server: through the socket that systemd keeps, as `server install` writes it down, and encrypted. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientRequest, request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { json } from "node:stream/consumers";
import { RunAgent } from "@runagent/sdk";
import { freePort, type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { PROGRAM, runagent } from "../command-line.ts";
import { agentFiles, BUILD_MS } from "../deploy/platform.ts";

/**
 * What systemd does for a socket unit: listens, hands the socket over as file 3 to what it starts, and keeps it when that
 * ends. The next one is started at SIGHUP.
 */
const SYSTEMD = `
import os, signal, socket, sys

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
host, port = sys.argv[1].rsplit(":", 1)
kept = socket.socket()
kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
kept.bind((host, int(port)))
kept.listen(64)
while True:
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})
        if kept.fileno() == 3:
            os.set_inheritable(3, True)
        else:
            os.dup2(kept.fileno(), 3)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
        os.execv(sys.argv[2], sys.argv[2:])
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print("ended", code, flush=True)
    signal.sigwait({signal.SIGHUP})
`;

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await tempFolder(agentFiles("one"));
  onTestFinished(() => folder.close());
});

interface Ready {
  readonly url: string;
  readonly pid: number;
  readonly login_code?: string;
}

async function readyOf(server: StartedProcess, isNew: (line: string) => boolean = () => true): Promise<Ready> {
  return JSON.parse(await server.line((line) => line.includes('"event":"ready"') && isNew(line), BUILD_MS));
}

async function keyFor({ url, login_code: code = "" }: Ready): Promise<string> {
  return (await new RunAgent({ url }).access.login(code)).key;
}

/** A connection of its own, sent but not waited for. */
function greet(url: string, key: string, ca?: string): ClientRequest {
  const options = {
    method: "POST",
    agent: false,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
  };
  const address = `${url}/v1/run/greeter/greet`;
  const sent = ca === undefined ? plainRequest(address, options) : tlsRequest(address, { ...options, ca });
  return sent.end('{"name":"Ada"}');
}

async function answerOf(sent: ClientRequest): Promise<{ status: number | undefined; body: unknown }> {
  const [response] = await once(sent, "response");
  return { status: response.statusCode, body: await json(response) };
}

/** The words of a unit's command, as systemd reads what we quote. */
const wordsOf = (line: string): string[] =>
  (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((word) =>
    (word.startsWith('"') ? String(JSON.parse(word)) : word).replaceAll("%%", "%"),
  );

const settingOf = (unit: string, key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";

test(
  "with the units of server install a call that comes while no server runs waits, and the next server answers it",
  async () => {
    const port = String(await freePort());
    const data = `${folder.path}/50% of "data"`;
    const words = ["server", "install", "--units", "units", "--port", port, "--data", data, "--json"];
    const installed = await runagent(words, { cwd: folder.path });
    expect(installed.code).toBe(0);
    const [socketFile, serviceFile]: string[] = JSON.parse(installed.stdout).files;
    const service = readFileSync(String(serviceFile), "utf8");
    const listen = settingOf(readFileSync(String(socketFile), "utf8"), "ListenStream");
    const start = wordsOf(settingOf(service, "ExecStart"));
    expect(start).toEqual([PROGRAM, "server", "--data", data, "--log-format", "json"]);
    expect(settingOf(service, "KillMode")).toBe("process"); // sandboxes are the next server's

    const python = ["python3", "-c", SYSTEMD, listen];
    const systemd = startProcess([...python, ...start, "--isolation", "none", "--json"], { cwd: folder.path });
    onTestFinished(() => systemd.close());
    const first = await readyOf(systemd);
    expect(first.url).toBe(`http://127.0.0.1:${port}`);
    const key = await keyFor(first);
    const env = { RUNAGENT_URL: first.url, RUNAGENT_API_KEY: key };
    const deployed = await runagent(["deploy", ".", "--yes"], { cwd: folder.path, env });
    expect(deployed).toMatchObject({ code: 0 });
    expect(await answerOf(greet(first.url, key))).toMatchObject({ status: 200, body: { name: "Ada" } });

    const stopped = await runagent(["server", "stop", "--data", data], { cwd: folder.path });
    expect(stopped).toMatchObject({ code: 0 });
    await systemd.line((line) => line.startsWith("ended"), BUILD_MS);
    const sent = greet(first.url, key);
    const [connection] = await once(sent, "socket");
    await once(connection, "connect"); // nobody but the kernel has taken it
    const answer = answerOf(sent);
    systemd.signal("SIGHUP");
    expect(await answer).toMatchObject({ status: 200, body: { name: "Ada", release: "one" } });
    const second = await readyOf(systemd, (line) => JSON.parse(line).pid !== first.pid);
    expect(second.url).toBe(first.url);
  },
  BUILD_MS,
);

test(
  "a socket that other machines reach is refused like such an address, unless keys are safe on the way",
  async () => {
    const start = [PROGRAM, "server", "--data", `${folder.path}/data`, "--isolation", "none", "--json"];
    const systemd = async () => ["python3", "-c", SYSTEMD, `0.0.0.0:${await freePort()}`];
    const open = startProcess([...(await systemd()), ...start], { cwd: folder.path });
    onTestFinished(() => open.close());
    expect(await open.line((line) => line.startsWith("ended"), BUILD_MS)).toBe("ended 2");
    const proxied = startProcess([...(await systemd()), ...start, "--behind-proxy"], { cwd: folder.path });
    onTestFinished(() => proxied.close());
    expect(await readyOf(proxied)).toHaveProperty("login_code");
  },
  BUILD_MS,
);

test(
  "a server with a certificate is deployed to and called encrypted, by who trusts it; plain HTTP gets nothing",
  async () => {
    const [certificate, key] = [`${folder.path}/tls/chain.pem`, `${folder.path}/tls/key.pem`];
    await folder.write("tls/.keep", "");
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    const form = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
    execFileSync("openssl", ["req", ...form, ...subject, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const tls = ["--tls-cert", certificate, "--tls-key", key];
    const options = ["--data", `${folder.path}/data`, "--port", "0", "--isolation", "none", "--json", ...tls];
    const server = startProcess([PROGRAM, "server", ...options]);
    onTestFinished(() => server.close());
    const swapped = ["server", "--data", `${folder.path}/other`, "--tls-cert", key, "--tls-key", certificate];
    const refused = await runagent([...swapped, "--port", "0", "--isolation", "none"], { cwd: folder.path });
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("--tls-cert and --tls-key are no certificate with its key");
    const ready = await readyOf(server);
    expect(ready.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);

    const login = ["login", ready.url, "--code", String(ready.login_code)];
    const wary = await runagent(login, { cwd: folder.path });
    expect(wary.code).not.toBe(0);
    expect(wary.stderr).toContain("certificate");
    const env = { NODE_EXTRA_CA_CERTS: certificate, RUNAGENT_URL: ready.url };
    expect(await runagent(login, { cwd: folder.path, env })).toMatchObject({ code: 0 });
    expect(await runagent(["deploy", ".", "--yes"], { cwd: folder.path, env })).toMatchObject({ code: 0 });
    const told = await runagent(["run", "greeter", "greet", "name=Ada", "--json"], { cwd: folder.path, env });
    expect(told.stdout).toContain('"Ada"');

    const plain = greet(ready.url.replace("https:", "http:"), "none");
    await expect(answerOf(plain)).rejects.toThrow();
    const unknown = await answerOf(greet(ready.url, "none", readFileSync(certificate, "utf8")));
    expect(unknown.status).toBe(401);
  },
  BUILD_MS,
);
