/** Every command and every file of every guide, followed from an empty folder. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { stepsOf } from "./markdown.ts";
import { follow } from "./reader.ts";

const GUIDES = resolve(import.meta.dirname, "../../../../docs/guide");
const FOLLOW_MS = 600_000;
const pages = globSync("**/*.md", { cwd: GUIDES })
  .filter((name) => name !== "README.md")
  .sort();

test("the index names every guide", () => {
  const index = readFileSync(join(GUIDES, "README.md"), "utf8");
  expect(pages.length).toBeGreaterThan(0);
  expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});

test.each(pages)("%s does what it says", { timeout: FOLLOW_MS }, async (name) => {
  const steps = stepsOf(readFileSync(join(GUIDES, name), "utf8"));
  await follow(steps);
});
