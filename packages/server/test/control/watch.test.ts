import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Watch } from "../../src/control/watch.ts";

let folder: string;
let watch: Watch;
let changes: string[][];
let wake: (() => void) | null;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "watch-")));
  changes = [];
  wake = null;
  watch = new Watch({
    moved: () => {},
    same: () => wake?.(),
    changed: (files) => {
      changes.push([...files]);
      wake?.();
    },
  });
});

afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The next time that the watch has made up its mind. */
const settled = () =>
  new Promise<void>((resolve) => {
    wake = resolve;
  });

describe("watching files by content", () => {
  test("a saved file is named", async () => {
    const file = write("a.py", "one");
    watch.set([file], Date.now() + 1000);
    const done = settled();
    write("a.py", "two");
    await done;
    expect(changes).toEqual([[file]]);
  });

  test("the same content saved again is nothing", async () => {
    const file = write("a.py", "one");
    watch.set([file], Date.now() + 1000);
    const done = settled();
    write("a.py", "one");
    await done;
    expect(changes).toEqual([]);
  });

  test("an editor that saves by renaming is seen, twice", async () => {
    const file = write("a.py", "one");
    watch.set([file], Date.now() + 1000);
    for (const text of ["two", "three"]) {
      const done = settled();
      renameSync(write(".a.py.swp", text), file);
      await done;
    }
    expect(changes).toEqual([[file], [file]]);
  });

  test("a file that was not there is seen when it comes", async () => {
    const file = join(folder, "sub", "later.py");
    watch.set([file], Date.now());
    const done = settled();
    mkdirSync(join(folder, "sub"));
    write("sub/later.py", "here");
    await done;
    while (changes.length === 0) await settled();
    expect(changes).toEqual([[file]]);
  });

  test("a folder that vanished is seen when it is back", async () => {
    const file = write("sub/a.py", "one");
    watch.set([file], Date.now() + 1000);
    const gone = settled();
    rmSync(join(folder, "sub"), { recursive: true });
    await gone;
    const back = settled();
    write("sub/a.py", "two");
    await back;
    expect(changes).toEqual([[file], [file]]);
  });

  test("a file that was changed while it was being loaded counts as changed", async () => {
    const began = Date.now() - 1000;
    const file = write("a.py", "one");
    watch.set([file], began);
    expect(changes).toEqual([[file]]);
  });
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}
