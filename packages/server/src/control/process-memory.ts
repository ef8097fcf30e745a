/** How much memory a process has now. */
import { readFile } from "node:fs/promises";

/** Bytes in memory (`VmRSS`); null where the machine has no `/proc`, or the process is gone. */
export async function processMemory(pid: number): Promise<number | null> {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) * 1024;
  } catch {
    return null; // it cannot be read: that is the answer
  }
}
