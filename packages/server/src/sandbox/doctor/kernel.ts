/** What the kernel has: its age, the filter of system calls, user namespaces, a clock that somebody sets. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { promisify } from "node:util";
import { advisory, enforced, type Finding, refused } from "./finding.ts";

const exec = promisify(execFile);
/** The oldest that a distribution still keeps alive and that has every call of our list. */
const OLDEST = [5, 10] as const;
const NEWER = "apt-get dist-upgrade && reboot";

export function lookAtKernel(): Finding {
  const [major = 0, minor = 0] = release()
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  const recent = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (recent) return enforced("kernel", release());
  return advisory("kernel", `${release()} is older than ${OLDEST.join(".")}`, NEWER);
}

export function lookAtSeccomp(): Finding {
  const actions = textOf("/proc/sys/kernel/seccomp/actions_avail");
  if (/\berrno\b/.test(actions)) return enforced("seccomp", `actions: ${actions.trim()}`);
  return refused("seccomp", "this kernel filters no system calls", NEWER);
}

/** A sandbox is kept in by an account of its own without capabilities; these would be one wall more. */
export async function lookAtUserNamespaces(): Promise<Finding> {
  try {
    await exec("unshare", ["--user", "true"]);
    return enforced("user namespaces", "they can be made here");
  } catch {
    const mend = "sysctl -w user.max_user_namespaces=15000";
    return advisory("user namespaces", "none can be made; a sandbox does without", mend);
  }
}

export async function lookAtClock(): Promise<Finding> {
  if (await isSynchronised()) return enforced("clock", "synchronised");
  return advisory("clock", "nobody says that it is synchronised", "timedatectl set-ntp true");
}

async function isSynchronised(): Promise<boolean> {
  if (existsSync("/run/systemd/timesync/synchronized")) return true;
  const asked = [
    exec("timedatectl", ["show", "--property=NTPSynchronized", "--value"]).then(
      ({ stdout }) => stdout.trim() === "yes",
    ),
    exec("chronyc", ["-n", "tracking"]).then(({ stdout }) => /Leap status\s*: Normal/.test(stdout)),
  ];
  const answers = await Promise.allSettled(asked); // what is not installed says nothing
  return answers.some((one) => one.status === "fulfilled" && one.value);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
