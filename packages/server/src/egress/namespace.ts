/**
 * The network of one sandbox, made by whoever may (root): a namespace with loopback alone, kept by a file that it is mounted
 * on. Every address of 198.18.0.0/15 is local in there, connections to one come to our listener, and there is no other
 * way out: direct addresses fail at once.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { RunAgentError } from "@runagent/protocol";

const exec = promisify(execFile);

export interface Namespace {
  readonly id: string;
  /** Of the mounted file. */
  readonly path: string;
  /** Its own; what is kept about it lies here as well. */
  readonly directory: string;
  /** May be called twice. What still runs in it keeps it, without a name. */
  close(): Promise<void>;
}

/** Where the sockets of the host are in there. */
export const LISTEN = {
  connections: { host: "127.0.0.1", port: 15_001 },
  names: ["127.0.0.53", "198.18.0.1"],
} as const;

const RULES = `table inet egress {
  chain prerouting {
    type filter hook prerouting priority mangle;
    ip daddr 198.18.0.0/24 return
    ip daddr 198.18.0.0/15 tcp dport 1-65535 tproxy ip to ${LISTEN.connections.host}:${LISTEN.connections.port}
  }
}`;

/** IPv6 may be switched off on the machine: then there is no way out through it either. */
const SET_UP = `ip link set lo up
ip route add local 198.18.0.0/15 dev lo src 127.0.0.1
ip route add prohibit default
ip -6 route add prohibit default 2>/dev/null || test ! -e /proc/net/if_inet6
echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
echo 1 2>/dev/null > /proc/sys/net/ipv4/tcp_migrate_req || true # what was not accepted yet goes to the next socket
printf '%s\\n' "$1" | nft -f -`;

export interface NamespaceOrder {
  readonly id: string;
  /** A folder for each is made in here. */
  readonly folder: string;
  /** Marks a folder as that of a process that runs. */
  readonly claim: (directory: string) => void;
}

/** Rejects with NO_CAPACITY, and leaves nothing behind. */
export async function makeNamespace({ id, folder, claim }: NamespaceOrder): Promise<Namespace> {
  const directory = join(folder, id);
  const path = join(directory, "net");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  claim(directory);
  writeFileSync(path, "");
  const close = (): Promise<void> => removeNamespace(directory);
  try {
    await exec("unshare", [`--net=${path}`, "true"]);
    await exec("nsenter", [`--net=${path}`, "sh", "-ec", SET_UP, "sh", RULES]);
    return { id, path, directory, close };
  } catch (cause) {
    await close();
    const said = String(Reflect.get(Object(cause), "stderr") || cause)
      .trim()
      .split("\n")
      .at(-1);
    throw new RunAgentError("NO_CAPACITY", `The sandbox's network could not be made: ${said}`, {}, { cause });
  }
}

/** One that an earlier server made; null: it is no more. */
export function findNamespace(path: string): Namespace | null {
  const directory = dirname(path);
  if (!existsSync(path)) return null;
  return { id: basename(directory), path, directory, close: () => removeNamespace(directory) };
}

/** Takes away what a server that was killed left behind. */
export async function sweepNamespaces(folder: string, isOwned: (directory: string) => boolean): Promise<void> {
  const left = names(folder)
    .map((name) => join(folder, name))
    .filter((directory) => !isOwned(directory));
  await Promise.all(left.map(removeNamespace));
}

async function removeNamespace(directory: string): Promise<void> {
  await exec("umount", ["--lazy", join(directory, "net")]).catch(() => undefined); // it never came so far
  rmSync(directory, { recursive: true, force: true });
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // none was ever made
  }
}
