/** Clients inside a sandbox's network, without the rest of a sandbox: Python in the namespace, as another user. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const exec = promisify(execFile);

export const CAN_MAKE_NETWORKS =
  process.getuid?.() === 0 && ["/usr/sbin/nft", "/sbin/nft"].some((one) => existsSync(one));

/** What a connection by name came to: what was received, or the error; and how long it took. */
export interface Came {
  readonly said: string;
  readonly ms: number;
}

const CLIENT = `
import json, socket, struct, sys, time
work = json.loads(sys.argv[1])

def ask(name, kind=1):
    query = struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0)
    query += b"".join(bytes([len(one)]) + one.encode() for one in name.split(".")) + b"\\0" + struct.pack(">HH", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM if work.get("udp", True) else socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect((work.get("server", "127.0.0.53"), 53))
        s.sendall(query if work.get("udp", True) else struct.pack(">H", len(query)) + query)
        answer = s.recv(999)
        answer = answer if work.get("udp", True) else answer[2:]
    code = answer[3] & 15
    return {0: "empty", 2: "failed", 3: "no such name"}[code] if answer[7] == 0 else socket.inet_ntoa(answer[-4:])

def connect(host):
    address = host if work.get("direct") else ask(host)
    with socket.create_connection((address, work["port"]), 5) as s:
        s.sendall(bytes.fromhex(work["send"]))
        if work.get("half"): s.shutdown(socket.SHUT_WR)
        s.settimeout(5)
        got = b""
        while chunk := s.recv(65536):
            got += chunk
    return f"{len(got)} bytes" if len(got) > 9999 else got.decode("latin1")

began = time.perf_counter()
try:
    said = ask(work["host"], work.get("kind", 1)) if work["do"] == "ask" else connect(work["host"])
except OSError as error:
    said = type(error).__name__
print(json.dumps({"said": said, "ms": (time.perf_counter() - began) * 1000}))
`;

export async function inNetwork(network: string, work: object): Promise<Came> {
  const { stdout } = await exec("nsenter", wordsFor(network, work));
  return JSON.parse(stdout);
}

/** The same, while this process does nothing else. */
export const inNetworkNow = (network: string, work: object): Came =>
  JSON.parse(execFileSync("nsenter", wordsFor(network, work), { encoding: "utf8" }));

const wordsFor = (network: string, work: object): string[] => [
  ...[`--net=${network}`, "python3", "-c", CLIENT],
  JSON.stringify(work),
];
