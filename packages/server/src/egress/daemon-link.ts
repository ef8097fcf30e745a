/** The egress daemon as the server holds it: started, told, heard, ended. One of these is one process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FromDaemon, ToDaemon } from "./messages.ts";
import { readFromDaemon } from "./messages.ts";
import type { Handle } from "./sockets.ts";

export class DaemonLink {
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
  readonly #child: ChildProcess;

  /** `alone`: it is not ended with our group of processes. */
  constructor(heard: (message: FromDaemon) => void, alone: boolean) {
    // It may become nobody, and no more; it never gets a privilege back. Nothing of our environment is in it.
    const words = ["--no-new-privs", "--bounding-set=-all,+setuid,+setgid", process.execPath, processFile()];
    this.#child = spawn("setpriv", words, {
      // Alone, it would keep our standard error open when we are gone, and who reads that would wait for its end.
      stdio: ["ignore", "ignore", alone ? "ignore" : "inherit", "ipc"],
      env: {},
      detached: alone,
    });
    this.gone = once(this.#child, "close").catch(() => undefined);
    this.#child.on("message", (message) => {
      const read = readFromDaemon(message);
      if (read !== null) heard(read);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves when it was sent; what does not arrive is noticed by `gone`. */
  tell(order: ToDaemon, handle?: Handle): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#child.connected) return resolve();
      const sent = (): void => resolve();
      if (handle === undefined) this.#child.send(order, sent);
      else this.#child.send(order, handle, sent);
      return undefined;
    });
  }

  /** Lets go of it. */
  leave(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.unref();
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.gone;
  }
}

/** Published, the process is a bundled file beside this one. */
function processFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./daemon-process.${ending}`, import.meta.url));
}
