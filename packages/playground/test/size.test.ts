import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildPage } from "../build.mjs";

const MOST = 150 * 1024;

test("the whole page is at most 150 KB when it is compressed", async () => {
  const files = await buildPage();
  const sizes = [...files.values()].map((one) => gzipSync(one, { level: 9 }).byteLength);
  const sum = sizes.reduce((a, b) => a + b, 0);
  process.stdout.write(`the page: ${(sum / 1024).toFixed(1)} KB compressed\n`);
  expect(sum).toBeLessThanOrEqual(MOST);
});

test("nothing in it is loaded from elsewhere", async () => {
  const files = await buildPage();
  const text = [...files.values()].map((one) => new TextDecoder().decode(one)).join("\n");
  const hosts = new Set([...text.matchAll(/https?:\/\/([\w.-]+)/g)].map((match) => match[1]));
  // Names of XML, the types of problems, and where `serve` listens.
  expect([...hosts].filter((host) => !/^(www\.w3\.org|runagent\.dev|127\.0\.0\.1)$/.test(host ?? ""))).toEqual([]);
  expect([...files.keys()][0]).toBe("index.html");
  expect(new TextDecoder().decode(files.get("index.html"))).not.toMatch(/<script>|<style>| style=| on\w+=/);
});
