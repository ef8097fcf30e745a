/** Shows a page in the user's browser. What the browser does is its own business; one that is not there is said. */
import { spawn } from "node:child_process";

export function openBrowser(url: string, complain: (why: string) => void): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { stdio: "ignore", detached: true });
  child.once("error", () => complain(`No browser could be opened: open ${url} yourself.`));
  child.unref();
}
