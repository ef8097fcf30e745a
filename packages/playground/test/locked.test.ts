/** The page of a server that has keys: it says so, instead of waiting for a server that answers. */
import { resolve } from "node:path";
import { startProcess, tempFolder } from "@runagent/testing";
import { expect, onTestFinished, test } from "vitest";
import { describeInBrowser, launch, open } from "./browser.ts";

const COMMAND = resolve(import.meta.dirname, "../../cli/bin/runagent");
const START_MS = 60_000;

describeInBrowser("a server with keys", () => {
  test(
    "the page says that a key is needed, and where to use it",
    async () => {
      const folder = await tempFolder();
      onTestFinished(() => folder.close());
      const words = ["server", "--data", `${folder.path}/data`, "--port", "0", "--json", "--isolation", "none"];
      const server = startProcess([COMMAND, ...words], { env: { ...process.env, RUNAGENT_HOME: folder.path } });
      onTestFinished(() => server.close());
      const { url }: { url: string } = JSON.parse(await server.line(() => true, START_MS));
      const browser = await launch();
      onTestFinished(() => browser.close());
      const page = await open(browser, url);
      await page.getByRole("alert").getByText("only to those who have a key").waitFor();
      expect(await page.getByRole("alert").textContent()).toContain(`runagent login ${url}`);
      expect(await page.getByRole("status").textContent()).toBe("locked");
      expect(await page.getByText("does not answer").count()).toBe(0);
      if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
    },
    START_MS,
  );
});
