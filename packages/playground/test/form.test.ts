import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

describeInBrowser("forms", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("a form of every kind of field is filled, run with Ctrl+Enter, and shown as the agent got it", async () => {
    const page = await open(browser, served.url);
    await page.getByLabel("name").fill("Ann 'O' \"Hara\"");
    await page.getByLabel("amount").fill("9007199254740993");
    await page.getByLabel("price").fill("1.50");
    await page.getByLabel("express").check();
    await page.getByLabel("size").selectOption("large");
    const tags = page.getByRole("group", { name: "tags" });
    await tags.getByRole("button", { name: "Add item" }).click();
    await tags.getByRole("textbox").fill("first");
    await page.getByLabel("street").fill("Main\nRoad");
    await page.getByRole("button", { name: "Add extra" }).click();
    await page.keyboard.press("Control+Enter");
    const output = page.getByRole("region", { name: "Output" });
    await output.getByText('"amount": 9007199254740993').waitFor();
    const text = (await output.textContent()) ?? "";
    expect(JSON.parse(text).got).toMatchObject({
      ...{ name: "Ann 'O' \"Hara\"", price: 1.5, express: true, size: "large", tags: ["first"], extra: [] },
      address: { street: "Main\nRoad", zip: "" },
    });
    expect(page.url()).toMatch(/#\/run\/run_/);
  });

  test("what the server refuses stands at its field, and the way to it is a button", async () => {
    const page = await open(browser, `${served.url}/#/e/approve`);
    await page.getByLabel("amount").fill("1.5");
    await page.keyboard.press("Control+Enter");
    const field = page.getByLabel("amount");
    await page.getByRole("alert").getByRole("button", { name: "/amount" }).waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await page.getByRole("button", { name: "/amount" }).click();
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await field.evaluate((element) => element.closest(".field")?.querySelector(".wrong")?.textContent)).toMatch(
      /integer/,
    );
  });

  test("what is no number yet is not sent", async () => {
    const page = await open(browser, `${served.url}/#/e/approve`);
    await page.getByLabel("amount").fill("1e");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").getByText('"1e" is no number').waitFor();
    expect(page.url()).toContain("#/e/approve");
  });

  test("the form becomes JSON and JSON the form, as long as the form can show it", async () => {
    const page = await open(browser, `${served.url}/#/e/research`);
    await page.getByLabel("topic").fill("tides");
    await page.getByRole("button", { name: "JSON" }).click();
    const json = page.getByLabel("Input as JSON");
    expect(JSON.parse(await json.inputValue())).toEqual({ topic: "tides" });
    await json.fill('{"topic": "winds", "pause": 0.10}');
    await page.getByRole("button", { name: "Form" }).click();
    expect(await page.getByLabel("topic").inputValue()).toBe("winds");
    expect(await page.getByLabel("pause").inputValue()).toBe("0.10");
    await page.getByRole("button", { name: "JSON" }).click();
    await json.fill('{"other": 1}');
    await page.getByRole("button", { name: "Form" }).click();
    await page.getByText("The form cannot show this JSON").waitFor();
    expect(await json.inputValue()).toBe('{"other": 1}');
    await json.fill("{");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("alert").getByText("this is no JSON").waitFor();
  });
});
