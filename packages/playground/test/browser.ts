/** A real browser for the tests of the page. Where there is none they are said not to have been run; with
 * BROWSER_TESTS=required it must be there. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { describe, onTestFinished } from "vitest";

/** CHROMIUM names another place. */
const PLACES =
  process.env.CHROMIUM === undefined
    ? [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
      ]
    : [process.env.CHROMIUM];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const found = PLACES.find((path) => existsSync(path));

/** Tests that need the browser. */
export function describeInBrowser(name: string, tests: () => void): void {
  const runs = found !== undefined || process.env.BROWSER_TESTS === "required";
  if (!runs) process.stderr.write(`No Chromium is here: the browser's tests of "${name}" were not run\n`);
  describe.runIf(runs)(name, tests);
}

export async function launch(): Promise<Browser> {
  if (found === undefined) throw new Error(`no Chromium at ${PLACES.join(", ")}`);
  return chromium.launch({ executablePath: found, args: FLAGS });
}

/** A tab with nothing of another; an error in the page, or a breach of its policy, fails the test. */
export async function open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error.stack)));
  page.on("console", (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) faults.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    if (faults.length > 0) throw new Error(faults.join("\n"));
  });
  await page.goto(url);
  return page;
}
