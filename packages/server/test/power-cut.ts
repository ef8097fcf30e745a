/**
 * A disk whose power can be cut: a small ext4 on a loop device. A cut is the kernel's own (`EXT4_IOC_SHUTDOWN` without
 * flushing the journal, what file systems are tested with): from then on every write and sync fails, and what was not
 * synced is gone when the disk is mounted again.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Only root may mount. */
export const CAN_CUT = process.platform === "linux" && process.getuid?.() === 0;

/** `_IOR('X', 125, __u32)`; 2: nothing is flushed. Node has no ioctl. */
const CUT = "import fcntl,os,struct,sys;fcntl.ioctl(os.open(sys.argv[1],os.O_RDONLY),0x8004587D,struct.pack('I',2))";
const BYTES = 64 * 1024 * 1024;

export class PowerCutDisk {
  readonly folder: string;
  readonly #root: string;
  readonly #image: string;

  constructor() {
    this.#root = mkdtempSync(join(tmpdir(), "runagent-power-"));
    this.#image = join(this.#root, "disk.img");
    this.folder = join(this.#root, "disk");
    mkdirSync(this.folder);
    writeFileSync(this.#image, "");
    truncateSync(this.#image, BYTES);
    execFileSync("mkfs.ext4", ["-q", "-F", this.#image]);
    this.#mount();
  }

  /** Also while somebody writes. */
  cut(): void {
    execFileSync("python3", ["-c", CUT, this.folder]);
  }

  /** After a cut, and when nobody has a file of it open any more. */
  powerOn(): void {
    execFileSync("umount", [this.folder]);
    this.#mount();
  }

  close(): void {
    execFileSync("umount", ["-l", this.folder]);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #mount(): void {
    // What is not synced stays off the disk for ten minutes. Nor is the machine's own disk waited for: it keeps its power.
    execFileSync("mount", ["-o", "loop,commit=600,barrier=0", this.#image, this.folder]);
  }
}
