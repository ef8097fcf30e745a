import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

describeInBrowser("hostile output", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("markup in text, names, updates, logs and errors stays text in every view", async () => {
    const page = await open(browser, `${served.url}/#/e/hostile`);
    await page.getByRole("button", { name: /^Run/ }).click();
    await page.getByText("AGENT_ERROR").first().waitFor();
    for (const name of ["Output", "Events", "Timeline", "Logs", "Record"]) {
      await page.getByRole("tab", { name }).click();
      await page.getByRole("tabpanel").getByText("owned").filter({ visible: true }).first().waitFor();
      expect(await page.locator("main img, main script, .side img").count()).toBe(0);
    }
    expect(await page.title()).toBe("RunAgent");
  });

  test("the page's policy lets nothing run or load but its own files", async () => {
    const response = await fetch(served.url);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const page = await browser.newPage();
    await page.goto(served.url);
    const planted = page.evaluate(() => document.body.setAttribute("onclick", "window.ran = true"));
    await expect(planted).rejects.toThrow("TrustedScript");
    const breach = page.evaluate(() => {
      const told = new Promise<string>((resolve) => {
        addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
      });
      return fetch("http://127.0.0.1:9/").catch(() => told);
    });
    expect(await breach).toBe("connect-src");
    await page.close();
  });
});
