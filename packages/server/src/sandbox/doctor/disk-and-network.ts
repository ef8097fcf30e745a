/** What is tried by making one: a disk of fixed size that is full when it is full, and rules of a throw-away network. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openVolume } from "../container/volume.ts";
import { enforced, type Finding, refused } from "./finding.ts";

const exec = promisify(execFile);
const MiB = 1 << 20;
const SIZE = 8 * MiB;

export async function lookAtDisk(): Promise<Finding> {
  const need = "disk quota";
  const folder = mkdtempSync(join(tmpdir(), "runagent-doctor-"));
  try {
    const volume = await openVolume({ directory: folder, templates: join(folder, "volumes"), bytes: SIZE });
    try {
      return isFull(join(volume.path, "filled"))
        ? enforced(need, "ext4 in a file")
        : refused(need, "more can be written than fits", "modprobe ext4");
    } finally {
      await volume.close();
    }
  } catch (error) {
    const noTool = await exec("mkfs.ext4", ["-V"]).then(
      () => false,
      () => true,
    );
    const mend = noTool ? "apt-get install e2fsprogs" : "modprobe -a loop ext4";
    return refused(need, error instanceof Error ? error.message : String(error), mend);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isFull(file: string): boolean {
  try {
    writeFileSync(file, Buffer.alloc(SIZE));
    return false;
  } catch (error) {
    return Reflect.get(Object(error), "code") === "ENOSPC";
  }
}

const RULES = `table inet doctor {
  chain prerouting {
    type filter hook prerouting priority mangle;
    ip daddr 198.18.0.0/15 tcp dport 1-65535 tproxy ip to 127.0.0.1:15001
  }
}
`;

export async function lookAtNftables(): Promise<Finding> {
  const need = "nftables with TPROXY";
  const { code, said } = await inNewNetwork("ip link set lo up && exec nft -f -", RULES);
  if (code === 0) return enforced(need, "rules are taken");
  const tool = /(ip|nft): (?:command )?not found/.exec(said)?.[1];
  if (tool !== undefined) return refused(need, `there is no ${tool}`, `apt-get install ${PACKAGES[tool] ?? tool}`);
  return refused(need, said.split("\n")[0] ?? "", "modprobe -a nf_tables nft_tproxy");
}

const PACKAGES: Readonly<Record<string, string>> = { ip: "iproute2", nft: "nftables" };

/** They lie where not every PATH looks. */
const TOOLS = "PATH=$PATH:/usr/sbin:/sbin";

/** It is gone with the shell. */
async function inNewNetwork(script: string, input: string): Promise<{ code: number | null; said: string }> {
  const child = spawn("unshare", ["--net", "--", "/bin/sh", "-c", `${TOOLS}\n${script}`], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stdin.on("error", () => undefined); // it ended before it read: its code says so
  child.stdin.end(input);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  try {
    const [code] = await once(child, "close");
    return { code, said: said.trim() };
  } catch (error) {
    return { code: null, said: String(error) };
  }
}
