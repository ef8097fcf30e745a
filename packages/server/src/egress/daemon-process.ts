/**
 * The egress daemon: a process of its own that reads what strangers send, as nobody. It is started with the rights to become
 * that, and gives them up before it reads a byte. It ends with the server.
 */
import { Daemon } from "./daemon/daemon.ts";
import type { ToDaemon } from "./messages.ts";

/** No account of the host. */
const NOBODY = 999_998;

process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

let daemon: Daemon | null = null;
process.on("message", (order: ToDaemon, handle: unknown) => {
  if (order.kind === "settings") daemon = new Daemon(order, (message) => void process.send?.(message));
  else daemon?.take(order, handle);
});
process.on("disconnect", () => process.exit(0));
