import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";
import { type Served, serve } from "./served.ts";

describeInBrowser("conversations", () => {
  let browser: Browser;
  let served: Served;
  beforeAll(async () => {
    [browser, served] = await Promise.all([launch(), serve()]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
  });

  test("turns of one session follow one another; the link shows them again; a new session begins anew", async () => {
    const page = await open(browser, `${served.url}/#/e/answer`);
    const message = page.getByLabel("Message");
    await message.fill("one");
    await message.press("Enter");
    await page.getByText("Turn 1: you said one. 1 messages came.").waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    await message.fill("two");
    await message.press("Enter");
    await page.getByText("Turn 2: you said two. 1 messages came.").waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    const again = await open(browser, page.url());
    await again.getByText("Turn 2: you said two. 1 messages came.").waitFor();
    expect(await again.locator(".said").allTextContents()).toEqual(["You: one", "You: two"]);
    await page.getByRole("button", { name: "New session" }).click();
    await message.fill("three");
    await message.press("Enter");
    await page.getByText("Turn 1: you said three. 1 messages came.").waitFor();
  });

  test("a chat is also a form, and the form leads back to the chat", async () => {
    const page = await open(browser, `${served.url}/#/e/answer`);
    await page.getByRole("button", { name: "As form" }).click();
    await page.getByRole("button", { name: /^Run/ }).waitFor();
    await page.getByRole("button", { name: "As chat" }).click();
    await page.getByLabel("Message").waitFor();
  });

  test("the whole conversation goes along when that is wanted", async () => {
    const page = await open(browser, `${served.url}/#/e/answer`);
    const message = page.getByLabel("Message");
    await page.getByLabel("Send the whole conversation").check();
    await message.fill("one");
    await message.press("Enter");
    await page.getByRole("link", { name: "Details" }).waitFor();
    await page.getByRole("button", { name: "Send" }).waitFor();
    await message.fill("two");
    await message.press("Enter");
    await page.getByText("you said two. 3 messages came.").waitFor();
  });
});
