/** `runagent server doctor` on this machine as it is, without a runtime, and as somebody who is not root. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startProcess } from "@runagent/testing";
import { describe, expect, test } from "vitest";

const COMMAND = resolve(import.meta.dirname, "../../bin/runagent");
const ROOT = process.platform === "linux" && process.getuid?.() === 0;
const GROUPS = "/sys/fs/cgroup";
const NOBODY = "65534";
const STARTED_MS = 20_000;
const NEEDS = [
  ...[
    "runtime",
    "tools",
    "user namespaces",
    "control groups",
    "seccomp",
    "nftables with TPROXY",
    "disk quota",
    "kernel",
  ],
  "clock",
];

interface Row {
  readonly need: string;
  readonly verdict: string;
  readonly mend: string | null;
}

async function doctor(before: readonly string[] = []): Promise<{ code: number | null; rows: readonly Row[] }> {
  await using started = startProcess([...before, COMMAND, "server", "doctor", "--json"]);
  const { items } = JSON.parse(await started.line(() => true, STARTED_MS));
  return { code: await started.ended, rows: items };
}

const rowOf = (rows: readonly Row[], need: string): Row | undefined => rows.find((row) => row.need === need);

describe.runIf(process.platform === "linux")("server doctor", () => {
  test("has a row for each need, and a command for each that is not enforced", async () => {
    const { code, rows } = await doctor();
    expect(rows.map(({ need }) => need)).toEqual(NEEDS);
    for (const { verdict, mend } of rows) {
      expect(["enforced", "advisory", "refused"]).toContain(verdict);
      expect(mend === null).toBe(verdict === "enforced");
    }
    expect(code).toBe(rows.some(({ verdict }) => verdict === "refused") ? 3 : 0);
  });

  test("leaves no mount, no group and no folder behind", async () => {
    await doctor();
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain("runagent-doctor");
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("runagent-doctor-"))).toEqual([]);
    const trees = readdirSync(GROUPS).map((name) => join(GROUPS, name));
    const groups = [GROUPS, ...trees].filter((at) => statSync(at).isDirectory()).flatMap((at) => readdirSync(at));
    expect(groups.filter((name) => name.startsWith("runagent-doctor-"))).toEqual([]);
  });

  test.runIf(ROOT)("without a runtime: refused, the package's name, exit 3", async () => {
    const hide =
      'for at in /usr/sbin/runc /usr/bin/runc; do [ ! -e "$at" ] || mount --bind /dev/null "$at"; done; exec "$@"';
    const { code, rows } = await doctor(["unshare", "--mount", "sh", "-c", hide, "sh"]);
    expect(rowOf(rows, "runtime")).toMatchObject({ verdict: "refused", mend: "apt-get install runc" });
    expect(code).toBe(3);
  });

  test.runIf(ROOT)("not as root: what cannot be tried is refused, with the command that tries it", async () => {
    const { code, rows } = await doctor(["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]);
    for (const need of ["control groups", "nftables with TPROXY", "disk quota"]) {
      expect(rowOf(rows, need)).toMatchObject({ verdict: "refused", mend: "sudo runagent server doctor" });
    }
    expect(code).toBe(3);
  });
});
