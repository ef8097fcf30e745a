import { expect, test } from "vitest";
import { slug } from "../../src/config/index.ts";

test.each([
  ["my-agent", "my-agent"],
  ["My Agent!", "my-agent"],
  ["Café Straße", "cafe-strasse"],
  ["  __x__ ", "x"],
  ["v2.1/beta", "v2-1-beta"],
  ["天气 bot", "bot"],
  ["", "agent"],
  ["🙂", "agent"],
])("the URL name of %j is %s", (title, name) => {
  expect(slug(title)).toBe(name);
});

test("texts of other scripts have names of their own that stay the same", () => {
  expect(slug("天气助手")).toMatch(/^agent-[0-9a-z]+$/);
  expect(slug("天气助手")).toBe(slug("天气助手"));
  expect(slug("天气助手")).not.toBe(slug("Погода"));
});

test("a URL name fits a host name's label", () => {
  expect(slug("a ".repeat(100)).length).toBeLessThanOrEqual(63);
});
