/** Servers outside of a sandbox, each as small as its client allows: a database, a cache, RPC, a web socket, a repository. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer as createHttp } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";

/** The port it listens at, on loopback. */
export async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object(server.address()).port;
}

export function anthropicServer(): Server {
  const message = {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "stub",
    content: [{ type: "text", text: "hello" }],
  };
  const usage = { input_tokens: 1, output_tokens: 1 };
  return createHttp((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ...message, stop_reason: "end_turn", stop_sequence: null, usage }));
  });
}

/** Answers each call with what it got. */
export function grpcServer(): Server {
  const server = createHttp2();
  server.on("stream", (stream) => {
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.end(Buffer.concat(parts));
    });
    stream.on("error", () => undefined); // the client has left
  });
  return server;
}

export function redisServer(): Server {
  return talking((socket, bytes) => {
    const commands = bytes.toString().split(/(?=^\*\d+\r\n)/m);
    for (const one of commands)
      socket.write(
        /\r\nPING\r\n/.test(one) ? "+PONG\r\n" : /\r\nHELLO\r\n/.test(one) ? "-ERR unknown command\r\n" : "+OK\r\n",
      );
  });
}

/** Lets everybody in, and has one answer. */
export function postgresServer(): Server {
  const text = (said: string): Buffer => Buffer.from(`${said}\0`);
  const field = Buffer.concat([
    text("said"),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0, 0, 0, 0, 0, 0]),
  ]);
  const hello = [
    postgres("R", Buffer.alloc(4)),
    postgres("S", text("client_encoding\0UTF8")),
    postgres("Z", Buffer.from("I")),
  ];
  const row = Buffer.concat([Buffer.from([0, 1, 0, 0, 0, 5]), Buffer.from("hello")]);
  const described = postgres("T", Buffer.concat([Buffer.from([0, 1]), field]));
  const answer = [described, postgres("D", row), postgres("C", text("SELECT 1")), postgres("Z", Buffer.from("I"))];
  const wishes = 80877103; // TLS or encryption: 1234, 5679 or 5680
  return talking((socket, bytes) => {
    if (bytes[0] === 0x51) return void socket.write(Buffer.concat(answer)); // a query
    if (bytes[0] === 0x58) return void socket.end(); // good-bye
    const asked = bytes.readInt32BE(4);
    return void socket.write(asked === wishes || asked === wishes + 1 ? "N" : Buffer.concat(hello));
  });
}

function postgres(kind: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Says one thing, and good-bye when the other has. */
export function webSocketServer(): Server {
  const server = createHttp();
  server.on("upgrade", (request, socket) => {
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    socket.write(
      `HTTP/1.1 101 Hi\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]));
    socket.once("data", () => socket.end(Buffer.from([0x88, 0])));
    socket.on("error", () => undefined); // the client has left
  });
  return server;
}

/** A repository with one commit, as files. */
export function gitServer(folder: string): Server {
  const git = (...words: string[]): void => void execFileSync("git", words, { cwd: folder, stdio: "ignore" });
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
  git("init", "-q", "-b", "main");
  git(...who, "commit", "-q", "--allow-empty", "-m", "hello");
  git("update-server-info");
  return createHttp((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    readFile(join(folder, ".git", path)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
}

function talking(answer: (socket: Socket, bytes: Buffer) => void): Server {
  return createServer((socket) => {
    socket.on("data", (bytes) => answer(socket, bytes));
    socket.on("error", () => undefined); // the client has left
  });
}
