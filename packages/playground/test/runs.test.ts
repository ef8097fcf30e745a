import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

describeInBrowser("runs", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  const research = async (page: Page, topic: string): Promise<void> => {
    await page.getByLabel("topic").fill(topic);
    await page.keyboard.press("Control+Enter");
    await page.getByText(`What is known about ${topic}: a good deal.`).waitFor();
    await page.locator(".run-head .status.succeeded").waitFor();
  };

  test("a run is watched live, then looked at as events, over time, by its logs, and again by its link", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await research(page, "rain");
    await page.getByRole("tab", { name: "Events" }).click();
    await page.getByRole("option", { name: "progress" }).first().click();
    await page.getByLabel("Event", { exact: true }).getByText('"part": 1').waitFor();
    await page.getByRole("tab", { name: "Timeline" }).click();
    const bars = page.getByRole("listbox", { name: "Timeline" }).getByRole("option");
    await bars.filter({ hasText: "progress" }).waitFor();
    expect(await bars.filter({ hasText: "text" }).textContent()).toMatch(/ms/);
    await page.getByRole("tab", { name: "Logs" }).click();
    await page.getByText("looking for rain").waitFor();
    const link = page.url();
    await page.getByRole("tab", { name: "Output" }).click();
    const other = await open(browser, link);
    await other.getByText("What is known about rain: a good deal.").waitFor();
    expect(await other.getByLabel("topic").inputValue()).toBe("rain");
    await other.getByRole("tab", { name: "Timeline" }).click();
    await other.getByText("the axis counts events").waitFor();
  });

  test("text is on the page while the run goes on, and a cancelled run stops", async () => {
    const page = await open(browser, `${served.url}/#/e/slow`);
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.getByText("0 1 2 3 4").waitFor();
    expect(await page.locator(".run-head .status").textContent()).toBe("running");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled by caller").waitFor();
    await page.locator(".run-head .status.cancelled").waitFor();
  });

  test("a run goes on when the page is left", async () => {
    const page = await open(browser, `${served.url}/#/e/slow`);
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.getByText("0 1 2 3 4").waitFor();
    const link = page.url();
    await page.context().close();
    const again = await open(browser, link);
    await again.locator(".run-head .status.running").waitFor();
    await again.getByRole("button", { name: "Cancel" }).click();
    await again.locator(".run-head .status.cancelled").waitFor();
  });

  test("a question is answered by the form of its schema, and the run goes on", async () => {
    const page = await open(browser, `${served.url}/#/e/approve`);
    await page.getByLabel("amount").fill("12");
    await page.keyboard.press("Control+Enter");
    const question = page.getByRole("region", { name: "Question" });
    await question.getByText("Pay 12?").waitFor();
    await question.getByLabel("approved").check();
    await question.getByLabel("reason").fill("because");
    await question.getByRole("button", { name: "Answer" }).click();
    await page.getByRole("region", { name: "Output" }).getByText('"approved": true').waitFor();
    await question.getByText("Answered.").waitFor();
  });

  test("the history is filtered by text, status and entrypoint", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await research(page, "needle");
    const rows = page.locator(".history li");
    await page.getByLabel("Text in the run").fill("needle");
    await page.waitForFunction(() => document.querySelectorAll(".history li").length === 1);
    await page.getByLabel("Text in the run").fill("");
    await page.getByLabel("Entrypoint", { exact: true }).selectOption("approve");
    expect(new Set(await rows.locator(".name").allTextContents())).toEqual(new Set(["approve"]));
    await page.getByLabel("Entrypoint", { exact: true }).selectOption("");
    await page.getByLabel("Status").selectOption("cancelled");
    await page.waitForFunction(() =>
      [...document.querySelectorAll(".history .status")].every((one) => one.textContent === "cancelled"),
    );
    expect(await rows.count()).toBeGreaterThan(0);
  });

  test("two runs are compared side by side, by a link", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await research(page, "hills");
    await page
      .getByRole("link", { name: /^research$|research/ })
      .first()
      .click();
    await research(page, "lakes");
    const picks = page.locator(".history .pick input");
    await picks.nth(1).check();
    await picks.nth(0).check();
    await page.getByRole("link", { name: /^Compare/ }).click();
    const input = page.getByRole("region", { name: "Input", exact: true });
    await input.locator(".less").waitFor();
    expect(await input.locator(".less").textContent()).toContain('"topic": "hills"');
    expect(await input.locator(".more").textContent()).toContain('"topic": "lakes"');
    const again = await open(browser, page.url());
    await again.getByRole("row", { name: /^Duration/ }).waitFor();
  });

  test("a run that is not there is said", async () => {
    const page = await open(browser, `${served.url}/#/run/run_01h455vb4pex5vsknk084sn02q`);
    await page.getByText(/RUN_NOT_(FOUND|RECORDED)/).waitFor();
  });
});
