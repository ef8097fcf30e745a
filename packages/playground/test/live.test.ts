import { writeFile } from "node:fs/promises";
import { freePort } from "@runagent/testing";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { serve, smallAgent } from "./served.ts";

const GOOD = `def greet(name: str):\n    return f"hello {name}"\n`;
const MENDED = `def greet(name: str, loud: bool = False):\n    return f"good day {name}"\n`;

describeInBrowser("a server that changes", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test("broken code is shown with its traceback, and the next good save heals the page as it stands", async () => {
    await using folder = await smallAgent(GOOD);
    await using served = await serve(folder.path);
    const page = await open(browser, served.url);
    await page.getByLabel("name").fill("Ann");
    await page.evaluate(() => Object.assign(window, { same: true }));
    await folder.write("agent.py", `${GOOD}\nraise RuntimeError("<b>broken</b>")\n`);
    const alert = page.getByRole("alert");
    await alert.getByText("LOAD_FAILED").waitFor();
    expect(await alert.getByLabel("Traceback").textContent()).toContain('raise RuntimeError("<b>broken</b>")');
    expect(await page.getByRole("button", { name: /^Run/ }).isDisabled()).toBe(true);
    await folder.write("agent.py", MENDED);
    await page.getByLabel("loud").waitFor({ state: "attached" });
    await alert.waitFor({ state: "detached" });
    expect(await page.getByLabel("name").inputValue()).toBe("Ann");
    await page.keyboard.press("Control+Enter");
    await page.getByText("good day Ann").waitFor();
    expect(await page.evaluate(() => "same" in window)).toBe(true);
  });

  test("code that was broken from the start heals on a save, too", async () => {
    await using folder = await smallAgent("def greet(:\n");
    await using served = await serve(folder.path);
    const page = await open(browser, served.url);
    await page.getByRole("alert").getByText("SyntaxError").first().waitFor();
    await writeFile(`${folder.path}/agent.py`, GOOD);
    await page.getByLabel("name").waitFor();
  });

  test("a server that is started again is found again", async () => {
    await using folder = await smallAgent(GOOD);
    const port = await freePort();
    const first = await serve(folder.path, port);
    const page = await open(browser, first.url);
    await page.getByLabel("name").fill("Ann");
    await first.close();
    await page.getByText("The server does not answer.").waitFor();
    await using _second = await serve(folder.path, port);
    await page.getByText("The server does not answer.").waitFor({ state: "detached" });
    await page.keyboard.press("Control+Enter");
    await page.getByText("hello Ann").waitFor();
  });
});
