/** The machine, in one line, so that figures of different days are not taken for one another. */
import { readFileSync } from "node:fs";
import { availableParallelism, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import { command } from "../scripts/run/command.ts";
import { benchPython } from "./subjects/python.ts";

const GIB = 1024 ** 3;

export async function machineLine(): Promise<string> {
  const python = await command([join(await benchPython(), "python"), "--version"]);
  const memory = Math.round(totalmem() / GIB);
  return [
    new Date().toISOString().slice(0, 10),
    `${availableParallelism()} cores (${cpu()})`,
    `${memory} GiB`,
    `${platform()} ${release()}`,
    `Node ${process.versions.node}`,
    python.output.trim(),
  ].join(" · ");
}

function cpu(): string {
  try {
    return /^model name\s*: (.+)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "unnamed";
  } catch {
    // No /proc: macOS.
    return "unnamed";
  }
}
