import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, expect, test, vi } from "vitest";
import { openDataDirectory } from "../../src/compose/platform/data-directory.ts";
import { DiskWatch } from "../../src/control/disk.ts";
import { openSqliteStore } from "../../src/engine/index.ts";
import { systemClock } from "../../src/scheduler/clock.ts";

const mayMount = process.getuid?.() === 0;
const folder = mkdtempSync(join(tmpdir(), "runagent-disk-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(mayMount)(
  "a disk that is full refuses writes and what is new, and goes on by itself when there is room",
  async () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", folder]);
    const limits = { ...DEFAULT_LIMITS, disk_look: 50 };
    const watch = await DiskWatch.start({ folder, limits });
    const store = await openSqliteStore({ file: join(folder, "engine.db"), limits, clock: systemClock });
    try {
      expect(() => watch.room()).not.toThrow();
      await store.update("kept", () => "1");
      const filler = join(folder, "filler");
      expect(() => writeFileSync(filler, Buffer.alloc(16 * 1024 * 1024))).toThrow(/ENOSPC/);
      await vi.waitFor(() => expect(() => watch.room()).toThrow(/kept in reserve/), 30_000);
      const refused = store.append("log", "x".repeat(1024 * 1024), { id: "a" });
      await expect(refused).rejects.toMatchObject({ code: "STORAGE_FULL" });
      expect((await store.update("kept", () => undefined)).value).toBe("1");
      rmSync(filler);
      expect(await store.append("log", "x".repeat(1024 * 1024), { id: "a" })).toEqual({ seq: 1, dup: false });
      await vi.waitFor(() => expect(() => watch.room()).not.toThrow(), 30_000);
      expect(watch.state().reserve).toBeLessThan(8 * 1024 * 1024);
    } finally {
      await watch.close();
      await store.close();
      execFileSync("umount", [folder]);
    }
  },
);

test.runIf(mayMount)("a data directory on a full disk is refused with what to do, and taken when there is room", () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", folder]);
  try {
    const filler = join(folder, "filler");
    expect(() => writeFileSync(filler, Buffer.alloc(2 * 1024 * 1024))).toThrow(/ENOSPC/);
    const path = join(folder, "data");
    expect(() => openDataDirectory(path)).toThrow(
      expect.objectContaining({
        exitCode: 3,
        problem: expect.objectContaining({ detail: `The data directory ${path} cannot be used: its disk is full.` }),
      }),
    );
    rmSync(filler);
    const data = openDataDirectory(path);
    data.close();
    data.close(); // what is closed twice is closed
  } finally {
    execFileSync("umount", [folder]);
  }
});
