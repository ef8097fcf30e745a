/**
 * The egress daemon: a process of its own that reads what strangers send, as nobody. It is started with the rights to become
 * that, and gives them up before it reads a byte. It ends with the server, or, when it is to outlive it, some time later: until
 * then it goes on as it was told, and the next server's daemon takes over what is new.
 */
import { Daemon } from "./daemon/daemon.ts";
import type { ToDaemon } from "./messages.ts";

/** No account of the host. */
const NOBODY = 999_998;
const LOOK_MS = 200;

process.setgroups?.([]);
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

let daemon: Daemon | null = null;
let outlivesMs = 0;
process.on("message", (order: ToDaemon, handle: unknown) => {
  if (order.kind === "settings") {
    outlivesMs = order.outlivesMs;
    daemon = new Daemon(order, (message) => void (process.connected && process.send?.(message)));
  } else daemon?.take(order, handle);
});
process.on("disconnect", () => {
  setTimeout(() => process.exit(0), outlivesMs);
});
process.on("SIGUSR2", () => {
  daemon?.retire();
  setInterval(() => {
    if (daemon === null || daemon.connections === 0) process.exit(0);
  }, LOOK_MS);
});
