/**
 * The host's sockets inside a namespace. A socket stays where it was made, whoever holds it: so a short-lived process goes
 * in, makes the five, and hands them out. Perl makes them, since Node cannot ask for a transparent one and Debian always
 * has Perl; Node, which replaces it, hands them on by its documented way.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Socket as UdpSocket } from "node:dgram";
import type { Server } from "node:net";
import { RunAgentError } from "@runagent/protocol";
import { SOCKETS, type SocketName } from "./messages.ts";
import { LISTEN, type Namespace } from "./namespace.ts";

export type Handle = Server | UdpSocket;

const [NEAR, FAR] = LISTEN.names;
const { host, port } = LISTEN.connections;
/** In the order of SOCKETS. */
const WANTED = [`tcp ${host} ${port}`, `udp ${NEAR} 53`, `tcp ${NEAR} 53`, `udp ${FAR} 53`, `tcp ${FAR} 53`];

/**
 * Descriptors of up to 255 outlive the exec. The next server's sockets stand beside these for a moment, so that nothing is
 * refused meanwhile; only root's can.
 */
const MAKE = `
use strict; use Socket; $^F = 255;
my ($node, $send, @wanted) = @ARGV;
my (@open, @numbers);
for (@wanted) {
  my ($kind, $host, $port) = split / /;
  my $tcp = $kind eq "tcp";
  socket(my $socket, AF_INET, $tcp ? SOCK_STREAM : SOCK_DGRAM, 0) or die "socket: $!\\n";
  if ($tcp) { setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1) or die "reuse: $!\\n"; }
  setsockopt($socket, SOL_SOCKET, 15, 1) or die "SO_REUSEPORT: $!\\n";
  if ($port != 53) { setsockopt($socket, 0, 19, pack("i", 1)) or die "IP_TRANSPARENT: $!\\n"; }
  bind($socket, sockaddr_in($port, inet_aton($host))) or die "bind $host:$port: $!\\n";
  if ($tcp) { listen($socket, 1024) or die "listen: $!\\n"; }
  push @open, $socket; push @numbers, fileno($socket);
}
exec $node, "-e", $send, @numbers or die "exec: $!\\n";`;

const SEND = `
const net = require("node:net"), dgram = require("node:dgram");
process.argv.slice(1).map(Number).forEach((fd, i) => {
  const udp = i % 2 === 1;
  const one = udp ? dgram.createSocket("udp4") : net.createServer();
  const there = () => process.send(i, one);
  if (udp) one.bind({ fd, exclusive: true }, there); else one.listen({ fd }, there);
});`;

/** Calls `take` with each of the five, then ends. Rejects with NO_CAPACITY. */
export async function handOutSockets(
  { path }: Namespace,
  take: (name: SocketName, handle: Handle) => Promise<void>,
): Promise<void> {
  const child = spawn("nsenter", [`--net=${path}`, "perl", "-e", MAKE, process.execPath, SEND, ...WANTED], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { PATH: process.env.PATH },
  });
  try {
    await collect(child, take);
  } finally {
    child.kill("SIGKILL");
  }
}

function collect(child: ChildProcess, take: (name: SocketName, handle: Handle) => Promise<void>): Promise<void> {
  const taken: Promise<void>[] = [];
  let said = "";
  child.stderr?.on("data", (bytes) => {
    said = (said + String(bytes)).slice(-1000);
  });
  return new Promise((resolve, reject) => {
    const fail = (cause?: Error): void => {
      const line = said.trim() || String(cause?.message ?? "the process that makes the sockets ended");
      reject(new RunAgentError("NO_CAPACITY", `The sandbox's network could not be made: ${line}`, {}, { cause }));
    };
    child.once("error", fail);
    child.once("close", () => fail());
    child.on("message", (place, handle) => {
      const name = SOCKETS[Number(place)];
      // Node types it as a union of all that can be sent; only these two are.
      if (name !== undefined) taken.push(take(name, handle as Handle));
      if (taken.length === SOCKETS.length) Promise.all(taken).then(() => resolve(), fail);
    });
  });
}
