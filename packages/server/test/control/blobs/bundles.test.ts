import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BundleFile, DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, describe, expect, test } from "vitest";
import { BlobStore } from "../../../src/control/blobs/blob-store.ts";
import { Bundles } from "../../../src/control/blobs/bundles.ts";
import { bundleDigest } from "../../../src/control/blobs/manifest.ts";

const root = mkdtempSync(join(tmpdir(), "runagent-blobs-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const never = new AbortController().signal;
let count = 0;

function open(limits: Partial<typeof DEFAULT_LIMITS> = {}, room = () => {}) {
  const folder = join(root, String(++count));
  const all = { ...DEFAULT_LIMITS, ...limits };
  mkdirSync(join(folder, "bundles"), { recursive: true });
  const blobs = new BlobStore({ folder: join(folder, "blobs"), limits: all, room });
  const bundles = new Bundles({ folder: join(folder, "bundles"), blobs, limits: all, now: () => Date.now() });
  return { folder, blobs, bundles };
}

const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

async function* parts(...texts: string[]): AsyncIterable<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

const file = (path: string, text: string, mode = 0o644): BundleFile => ({
  ...{ path, mode },
  digest: digestOf(text),
  size: Buffer.byteLength(text),
});

const leftOver = (folder: string): string[] => readdirSync(join(folder, "blobs", "new"));

describe("a content", () => {
  test("is kept under its digest, once, whoever sends it", async () => {
    const { folder, blobs } = open();
    const digest = digestOf("hello");
    expect(await blobs.missing([digest, digest])).toEqual([digest]);
    const sent = await Promise.all([blobs.put(digest, parts("hel", "lo")), blobs.put(digest, parts("hello"))]);
    expect(sent).toContain(true);
    expect(await blobs.put(digest, parts("never read"))).toBe(false);
    expect(await blobs.missing([digest])).toEqual([]);
    expect(readFileSync(blobs.path(digest), "utf8")).toBe("hello");
    expect(leftOver(folder)).toEqual([]);
  });

  test("that is not what its digest says leaves nothing", async () => {
    const { folder, blobs } = open();
    await expect(blobs.put(digestOf("hello"), parts("forged"))).rejects.toMatchObject({ code: "INVALID_INPUT" });
    expect(await blobs.has(digestOf("hello"))).toBe(false);
    expect(leftOver(folder)).toEqual([]);
  });

  test("that breaks off, or is too large, leaves nothing", async () => {
    const { folder, blobs } = open({ file: 8 });
    async function* broken(): AsyncIterable<Uint8Array> {
      yield Buffer.from("hel");
      throw new Error("the connection is gone");
    }
    await expect(blobs.put(digestOf("hello"), broken())).rejects.toThrow("the connection is gone");
    await expect(blobs.put(digestOf("a long one"), parts("a long one"))).rejects.toMatchObject({
      code: "INPUT_TOO_LARGE",
    });
    expect(leftOver(folder)).toEqual([]);
  });

  test("finds no room while the disk's reserve is touched", async () => {
    const { blobs } = open({}, () => {
      throw Object.assign(new Error("full"), { code: "STORAGE_FULL" });
    });
    await expect(blobs.put(digestOf("x"), parts("x"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
  });

  test("is named by a digest, never by a path", async () => {
    const { blobs } = open();
    for (const name of ["sha256:../../etc/passwd", "../x", "sha256:abc", "md5:d41d8cd98f00b204e9800998ecf8427e"]) {
      await expect(blobs.missing([name])).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
  });

  test("that no version has is deleted after a while, not at once", async () => {
    const { blobs } = open();
    for (const text of ["kept", "unused"]) await blobs.put(digestOf(text), parts(text));
    await blobs.collect(new Set([digestOf("kept")]), Date.now() - 60_000);
    expect(await blobs.missing([digestOf("kept"), digestOf("unused")])).toEqual([]);
    await blobs.collect(new Set([digestOf("kept")]), Date.now() + 60_000);
    expect(await blobs.missing([digestOf("kept"), digestOf("unused")])).toEqual([digestOf("unused")]);
  });
});

describe("a bundle", () => {
  test("of more than the agent's folder knows where that is: the same files around another agent are another bundle", async () => {
    const { blobs, bundles } = open();
    for (const text of ["a", "b"]) await blobs.put(digestOf(text), parts(text));
    const files = [file("apps/one/agent.py", "a"), file("apps/two/agent.py", "b")];
    const one = await bundles.materialise({ files, folder: "apps/one" }, never);
    const two = await bundles.materialise({ files, folder: "apps/two" }, never);
    expect(readFileSync(join(one.directory, "agent.py"), "utf8")).toBe("a");
    expect(readFileSync(join(one.whole, "apps/two/agent.py"), "utf8")).toBe("b");
    expect(two.digest).not.toBe(one.digest);
    expect(bundles.directory(`${one.digest}/apps/one`)).toBe(one.directory);
    for (const folder of ["apps/three", "..", "apps/one/..", "/etc", "apps/", "."]) {
      await expect(bundles.materialise({ files, folder }, never)).rejects.toMatchObject({
        problem: { code: "INVALID_REQUEST", errors: [{ pointer: "/folder" }] },
      });
    }
  });

  test("is laid out whole, only to be read, and once for the same files", async () => {
    const { blobs, bundles } = open();
    for (const text of ["print(1)", "#!/bin/sh"]) await blobs.put(digestOf(text), parts(text));
    const files = [file("src/agent.py", "print(1)"), file("run.sh", "#!/bin/sh", 0o755)];
    const [first, second] = await Promise.all([
      bundles.materialise({ files, folder: "" }, never),
      bundles.materialise({ files: files.toReversed(), folder: "" }, never),
    ]);
    expect(second).toEqual(first);
    expect(readFileSync(join(first.directory, "src/agent.py"), "utf8")).toBe("print(1)");
    expect(statSync(join(first.directory, "src/agent.py")).mode & 0o777).toBe(0o444);
    expect(statSync(join(first.directory, "run.sh")).mode & 0o777).toBe(0o555);
    expect(bundleDigest({ files: [file("a", "1")], folder: "" })).not.toBe(
      bundleDigest({ files: [file("a", "2")], folder: "" }),
    );
  });

  test("says which of its files were not sent, and nothing of it is there", async () => {
    const { folder, bundles } = open();
    await expect(bundles.materialise({ files: [file("a", "1")], folder: "" }, never)).rejects.toMatchObject({
      code: "CONFLICT",
      problem: { missing: [digestOf("1")] },
    });
    expect(readdirSync(join(folder, "bundles"))).toEqual([]);
  });

  test.each([
    ["../out", "leaves the bundle"],
    ["a/../../out", "leaves the bundle"],
    ["/etc/passwd", "absolute"],
    ["C:/x", "absolute"],
    ["a\\..\\b", "character"],
    ["a\0b", "character"],
    ["", "no path"],
    ["a//b", "not plain"],
    ["./a", "not plain"],
    [`${"n".repeat(300)}`, "too long"],
  ])("with the path %j is refused, with its place", async (path, why) => {
    const { bundles } = open();
    const files = [file("good.py", "1"), { ...file("x", "1"), path }];
    await expect(bundles.materialise({ files, folder: "" }, never)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      problem: { errors: [{ pointer: "/files/1", detail: expect.stringContaining(why) }] },
    });
  });

  test("with a path twice, or a file where a folder is, is refused", async () => {
    const { bundles } = open();
    const twice = [file("a", "1"), file("a", "2"), file("a/b", "3")];
    await expect(bundles.materialise({ files: twice, folder: "" }, never)).rejects.toMatchObject({
      problem: { errors: [{ pointer: "/files/1" }, { pointer: "/files/2" }] },
    });
  });

  test("that is too large names its largest files; one of too many files says so", async () => {
    const { bundles } = open({ bundle: 100, bundle_files: 3 });
    const large = [file("small", "1"), { ...file("model.bin", "2"), size: 99 }, { ...file("data.csv", "3"), size: 50 }];
    await expect(bundles.materialise({ files: large, folder: "" }, never)).rejects.toThrow(
      /model\.bin \(99 bytes\), data\.csv/,
    );
    const many = ["a", "b", "c", "d"].map((name) => file(name, name));
    await expect(bundles.materialise({ files: many, folder: "" }, never)).rejects.toMatchObject({
      code: "INPUT_TOO_LARGE",
    });
  });

  test("whose files are not as large as it says is refused, and nothing of it stays", async () => {
    const { folder, blobs, bundles } = open();
    await blobs.put(digestOf("1"), parts("1"));
    await expect(bundles.materialise({ files: [{ ...file("a", "1"), size: 2 }], folder: "" }, never)).rejects.toThrow(
      /1 bytes, not 2/,
    );
    expect(readdirSync(join(folder, "bundles"))).toEqual([]);
  });

  test("that no version has is deleted; what a killed server left half laid out goes at the next start", async () => {
    const { folder, blobs, bundles } = open();
    for (const text of ["1", "2"]) await blobs.put(digestOf(text), parts(text));
    const kept = await bundles.materialise({ files: [file("a", "1")], folder: "" }, never);
    await bundles.materialise({ files: [file("a", "2")], folder: "" }, never);
    mkdirSync(join(folder, "bundles", "new-left"));
    writeFileSync(join(folder, "bundles", "new-left", "a"), "half");
    await bundles.sweep();
    await bundles.collect({ bundles: new Set([kept.digest]), blobs: new Set([digestOf("1")]) });
    expect(readdirSync(join(folder, "bundles"))).toEqual([kept.digest.replace(":", "-")]);
  });
});
