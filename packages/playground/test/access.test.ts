import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

/** Nine views are looked at, each for a second and more when the machine is busy. */
const AXE_MS = 90_000;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Findings {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** What axe finds, in words. Evaluated by the driver: the page's own policy does not hold it up. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found: Findings = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })");
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

describeInBrowser("access", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 360]) {
      test(
        `every view is accessible and fits: ${colorScheme}, ${width} pixels`,
        async () => {
          const options = { colorScheme, viewport: { width, height: 740 } };
          const page = await open(browser, served.url, options);
          await page.getByLabel("amount").waitFor();
          expect(await findings(page)).toEqual([]);
          await page.goto(`${served.url}/#/e/research`);
          await page.getByLabel("topic").fill("sand");
          await page.keyboard.press("Control+Enter");
          await page.locator(".run-head .status.succeeded").waitFor();
          for (const name of ["Output", "Events", "Timeline", "Logs", "Record"]) {
            await page.getByRole("tab", { name }).click();
            expect(await findings(page), name).toEqual([]);
            expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBeLessThanOrEqual(width);
          }
          await page.getByRole("tab", { name: "Output" }).click();
          for (const place of ["#/e/answer", "#/e/hostile", "#/run/none"]) {
            await page.goto(`${served.url}/${place}`);
            await page.locator("main > *").first().waitFor();
            expect(await findings(page), place).toEqual([]);
          }
        },
        AXE_MS,
      );
    }
  }

  test("everything is reached by keys: a run is made, its tabs are walked, an event is opened and closed", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await page.getByLabel("topic").waitFor();
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.getAttribute("id") ?? document.activeElement?.textContent ?? "");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await focused()).toBe("main");
    for (let at = 0; at < 10 && (await focused()) !== "in-research/topic"; at += 1) await page.keyboard.press("Tab");
    await page.keyboard.type("keys");
    await page.keyboard.press("Control+Enter");
    await page.locator(".run-head .status.succeeded").waitFor();
    for (let at = 0; at < 20 && (await focused()) !== "view-output"; at += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("view-events");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("region", { name: "Event", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("region", { name: "Event", exact: true }).waitFor({ state: "detached" });
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle);
    expect(outline).toBe("solid");
  });

  test("on a phone the menu opens, and Escape closes it", async () => {
    const page = await open(browser, served.url, { viewport: { width: 360, height: 740 } });
    const menu = page.getByRole("button", { name: "Menu" });
    await menu.click();
    await page.getByRole("link", { name: "research streams" }).waitFor();
    expect(await menu.getAttribute("aria-expanded")).toBe("true");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "research streams" }).waitFor({ state: "hidden" });
  });

  test("the theme is chosen by hand and stays over a reload", async () => {
    const page = await open(browser, served.url, { colorScheme: "light" });
    await page.getByRole("button", { name: "Dark" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Light" }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(20, 22, 26)");
  });

  test("streamed text is said in sentences, and the end of the run", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await page.getByLabel("topic").fill("speech");
    await page.getByLabel("pause").fill("1");
    await page.keyboard.press("Control+Enter");
    await page.locator("[aria-live=polite]").getByText("The run is succeeded.").waitFor({ state: "attached" });
  });
});
