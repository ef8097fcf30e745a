/** The figures that the page is held to; each is printed. */
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

const FIRST_PAINT_MS = 500;
const LONGEST_PAUSE_MS = 100;
const STEPS = 60;
/** On a machine that does other things, too. */
const STEPS_MS = 90_000;

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
      const { worked, waited } = await scrollThrough(page, events);
      process.stdout.write(
        `10,000 events: a scroll works ${worked.toFixed(0)} ms at most, with waiting ${waited.toFixed(0)} ms\n`,
      );
      // What other programs of this machine take from it is no pause of the page: only its own work is held to the bound.
      expect(worked).toBeLessThanOrEqual(LONGEST_PAUSE_MS);
    },
    STEPS_MS,
  );
});

/** Scrolls from end to end in sixty steps; the longest of them in processor time of the page's thread, and on the clock. */
async function scrollThrough(page: Page, list: Locator): Promise<{ worked: number; waited: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find((one) => one.name === "TaskDuration")?.value ?? Number.POSITIVE_INFINITY);
  };
  const longest = { worked: 0, waited: 0 };
  for (let step = 0; step <= STEPS; step += 1) {
    const before = await busy();
    const waited = await list.evaluate(scrollTo, step / STEPS);
    longest.worked = Math.max(longest.worked, (await busy()) - before);
    longest.waited = Math.max(longest.waited, waited);
  }
  return longest;
}

/** Resolves with the time until the rows are drawn. */
async function scrollTo(list: Element, part: number): Promise<number> {
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const began = await frame();
  list.scrollTop = list.scrollHeight * part;
  await frame();
  return (await frame()) - began;
}
