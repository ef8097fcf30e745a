import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { encodeFrame, FRAME_KINDS, FrameDecoder, FrameError, type FrameKind, LIMITS } from "../src/index.ts";

const ROOT = resolve(import.meta.dirname, "../../..");
const MOST = LIMITS.frame.value;

describe("frames", () => {
  test("the page of the worker protocol names every kind with its number", () => {
    const page = readFileSync(resolve(ROOT, "docs/reference/worker-protocol.md"), "utf8");
    const rows = [...page.matchAll(/^\| (\d+) \| `([a-z]+)` \|/gm)].map(([, n, kind]) => [kind, Number(n)]);
    expect(Object.fromEntries(rows)).toEqual(FRAME_KINDS);
  });

  test("the vectors of the protocol are what the codec writes, reads and refuses", () => {
    const vectors: {
      frames: { hex: string; kind: FrameKind; call: number; body: string }[];
      broken: { hex: string; why: string }[];
    } = JSON.parse(readFileSync(resolve(ROOT, "packages/protocol/vectors/frames.json"), "utf8"));
    expect(vectors.frames.length).toBeGreaterThan(3);
    for (const { hex, kind, call, body } of vectors.frames) {
      expect(encodeFrame(kind, call, body).toString("hex")).toBe(hex);
      const [frame] = new FrameDecoder(MOST).push(Buffer.from(hex, "hex"));
      expect(frame).toMatchObject({ kind, call });
      expect(frame?.body.toString()).toBe(body);
    }
    for (const { hex, why } of vectors.broken) {
      expect(() => new FrameDecoder(MOST).push(Buffer.from(hex, "hex")), why).toThrow(FrameError);
    }
  });

  test("frames come out whole however the bytes are cut", () => {
    const bytes = Buffer.concat([
      encodeFrame("event", 7, 'chunk\n"é☃"'),
      encodeFrame("ping", 0, ""),
      encodeFrame("result", 4_294_967_295, `value\n${"x".repeat(70_000)}`),
    ]);
    for (const size of [1, 3, 9, 4096, bytes.length]) {
      const decoder = new FrameDecoder(MOST);
      const found: [string, number, string][] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const { kind, call, body } of decoder.push(bytes.subarray(at, at + size))) {
          found.push([kind, call, body.toString()]);
        }
      }
      expect(found).toEqual([
        ["event", 7, 'chunk\n"é☃"'],
        ["ping", 0, ""],
        ["result", 4_294_967_295, `value\n${"x".repeat(70_000)}`],
      ]);
    }
  });

  test("the body of an event is its word and its JSON, and one without a line is refused", () => {
    const split = (body: string) => new FrameDecoder(MOST).push(encodeFrame("event", 7, body))[0]?.split();
    expect(split('chunk\n{"a":\n"é"}')).toEqual({ word: "chunk", json: '{"a":\n"é"}' });
    expect(split("tool.call\n1")).toEqual({ word: "tool.call", json: "1" });
    expect(split("chunks\n")).toEqual({ word: "chunks", json: "" });
    expect(() => split("chunk")).toThrow(FrameError);
  });

  test("a frame above the bound is refused before it has arrived", () => {
    const head = Buffer.from([0x7f, 0, 0, 0, 4]);
    expect(() => new FrameDecoder(MOST).push(head)).toThrow(FrameError);
  });

  test("a frame too short for its own head, or of an unknown kind, is refused", () => {
    expect(() => new FrameDecoder(MOST).push(Buffer.from([0, 0, 0, 4, 1, 0, 0, 0]))).toThrow(FrameError);
    expect(() => new FrameDecoder(MOST).push(Buffer.from([0, 0, 0, 5, 99, 0, 0, 0, 0]))).toThrow(FrameError);
  });
});
