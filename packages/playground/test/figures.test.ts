/** The figures that the page is held to; each is printed. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

const FIRST_PAINT_MS = 500;
const LONGEST_PAUSE_MS = 100;
/** Three passes of sixty frames, on a machine that does other things, too. */
const PASSES_MS = 90_000;

describeInBrowser("figures", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
    // In the repository the page is built when it is first asked for; the published package has it ready.
    await fetch(served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("the first paint comes within half a second", async () => {
    const paints: number[] = [];
    while (paints.length < 3) {
      const page = await open(browser, served.url);
      await page.getByLabel("amount").waitFor();
      const entries = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint"));
      paints.push(entries[0]?.startTime ?? Number.POSITIVE_INFINITY);
    }
    const paint = Math.min(...paints);
    process.stdout.write(`first paint: ${paint.toFixed(0)} ms\n`);
    expect(paint).toBeLessThanOrEqual(FIRST_PAINT_MS);
  });

  test(
    "a run of 10,000 events and more scrolls without a pause above 100 ms",
    async () => {
      const page = await open(browser, `${served.url}/#/e/many`);
      await page.getByRole("button", { name: /^Run/ }).click();
      await page.locator(".run-head .status.succeeded").waitFor();
      await page.getByRole("tab", { name: "Events" }).click();
      const events = page.getByRole("listbox", { name: "Events" });
      await events.getByRole("option").first().waitFor();
      expect(Number(await events.getByRole("option").first().getAttribute("aria-setsize"))).toBeGreaterThan(10_000);
      // Another program's turn on this machine is no pause of the page: the quietest of three passes counts.
      const passes: number[] = [];
      while (passes.length < 3) passes.push(await events.evaluate(scrollThrough));
      const longest = Math.min(...passes);
      process.stdout.write(`10,000 events: the longest pause while scrolling is ${longest.toFixed(0)} ms\n`);
      expect(longest).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
    },
    PASSES_MS,
  );
});

/** Scrolls from end to end in sixty steps; gives the longest time between two frames. */
async function scrollThrough(list: Element): Promise<number> {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  let longest = 0;
  let last = await frame();
  for (let step = 0; step <= 60; step += 1) {
    list.scrollTop = (list.scrollHeight * step) / 60;
    const now = await frame();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}
