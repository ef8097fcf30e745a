/** Clients that know nothing of proxies, as they are installed, in `serve --sandbox`: each reaches its server by its name alone. */
import { existsSync } from "node:fs";
import type { Server } from "node:net";
import { resolve } from "node:path";
import { type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROGRAM } from "../command-line.ts";
import {
  anthropicServer,
  gitServer,
  grpcServer,
  portOf,
  postgresServer,
  redisServer,
  webSocketServer,
} from "./outside.ts";

/** Kept between runs: the file system and the environments in it are built once. */
const HOME = resolve(import.meta.dirname, "../../../../node_modules/.cache/sandbox-home");
const BUILD_MS = 240_000;
const CAN = process.getuid?.() === 0 && ["/usr/sbin/runc", "/usr/bin/runc"].some((path) => existsSync(path));
const REQUIREMENTS = [
  "anthropic==2.12.0",
  "grpcio==1.85.1",
  "psycopg[binary]==3.3.9",
  "redis==8.1.0",
  "websockets==17.4",
];

const AGENT = `
import subprocess

def with_anthropic():
    from anthropic import Anthropic
    client = Anthropic(base_url="http://anthropic.example", api_key="none", max_retries=0)
    answer = client.messages.create(model="stub", max_tokens=9, messages=[{"role": "user", "content": "hi"}])
    return answer.content[0].text
def with_grpc():
    import grpc
    with grpc.insecure_channel("grpc.example:50051") as channel:
        return channel.unary_unary("/any/method")(b"hello", timeout=20).decode()
def with_psycopg():
    import psycopg
    with psycopg.connect("host=postgres.example user=any dbname=any", autocommit=True) as connection:
        return connection.pgconn.exec_(b"select 'hello' as said").get_value(0, 0).decode()
def with_redis():
    import redis
    return "hello" if redis.Redis(host="redis.example", protocol=2).ping() else "nothing"
def with_websockets():
    from websockets.sync.client import connect
    with connect("ws://socket.example", proxy=None) as socket:
        return socket.recv(timeout=20)
def with_git():
    subprocess.run(["git", "clone", "-q", "http://git.example/", "/tmp/clone"], check=True, capture_output=True)
    return subprocess.run(["git", "-C", "/tmp/clone", "log", "--format=%s"], capture_output=True, text=True).stdout.strip()

def talk(client: str):
    try:
        return globals()["with_" + client]()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
`;

describe.runIf(CAN)("serve --sandbox, and clients of all kinds", () => {
  const servers: Server[] = [];
  let folder: TemporaryFolder;
  let repository: TemporaryFolder;
  let served: StartedProcess;
  let url: string;
  beforeAll(async () => {
    repository = await tempFolder({});
    const outside: Record<string, Server> = {
      "anthropic.example:80": anthropicServer(),
      "grpc.example:50051": grpcServer(),
      "postgres.example:5432": postgresServer(),
      "redis.example:6379": redisServer(),
      "socket.example:80": webSocketServer(),
      "git.example:80": gitServer(repository.path),
    };
    const maps: string[] = [];
    for (const [name, server] of Object.entries(outside)) {
      servers.push(server);
      maps.push("--map-host", `${name}=127.0.0.1:${await portOf(server)}`);
    }
    folder = await tempFolder({
      "runagent.config.json": JSON.stringify({
        agent_name: "clients",
        agent_architecture: { entrypoints: [{ file: "agent.py", module: "talk" }] },
        network: { egress: Object.keys(outside) },
      }),
      "requirements.txt": `${REQUIREMENTS.join("\n")}\n`,
      "agent.py": AGENT,
    });
    served = startProcess([PROGRAM, "serve", folder.path, "--sandbox", "--port", "0", "--json", ...maps], {
      env: { ...process.env, RUNAGENT_HOME: HOME },
    });
    const first = JSON.parse(await served.line(() => true, BUILD_MS));
    expect(first, JSON.stringify(first)).toMatchObject({ event: "ready" });
    url = first.url;
  }, BUILD_MS);
  afterAll(async () => {
    await served?.close();
    for (const server of servers) server.close();
    await folder?.close();
    await repository?.close();
  });

  test.each(["anthropic", "grpc", "psycopg", "redis", "websockets", "git"])(
    "%s reaches its server",
    { timeout: 60_000 },
    async (client) => {
      const body = JSON.stringify({ client });
      const answer = await fetch(new URL("/v1/run/clients/talk", url), { method: "POST", body });
      expect(await answer.json()).toBe("hello");
    },
  );
});
