/**
 * Ends what we started when this process is killed so hard that it cannot do it itself: a shell that reads a pipe which
 * only we hold. When the pipe ends it kills every process that carries our mark, and itself ends. One for all sandboxes,
 * started with the first and ended with the last. It never kills anything without the mark.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Socket } from "node:net";
import { MARK } from "./table.ts";

const LINUX = "grep -ls \"$1[.]\" /proc/[0-9]*/environ 2>/dev/null | tr -dc '0-9\\n'";
const MAC = 'ps -axEwwo pid=,command= | grep -F "$1." | grep -v grep | sed "s/^ *//;s/ .*//"';
const SCRIPT = `
while read -r _; do :; done
for round in 1 2 3; do
  tries=0
  while [ $tries -lt 20 ]; do
    pids=$(${process.platform === "linux" ? LINUX : MAC})
    [ -n "$pids" ] || break
    kill -9 $pids 2>/dev/null
    tries=$((tries + 1))
  done
  [ $round -eq 3 ] || sleep 0.5 2>/dev/null || sleep 1
done
`;

let running: Watchdog | null = null;

/** Begins to watch. A machine without `/bin/sh` is not watched. */
export function watchOver(): Watch {
  running ??= new Watchdog();
  const watchdog = running;
  watchdog.users += 1;
  let closed = false;
  return {
    owner: watchdog.owner,
    close: () => {
      if (closed) return;
      closed = true;
      watchdog.users -= 1;
      if (watchdog.users === 0) end(watchdog);
    },
  };
}

/** For processes that shall outlive us and look for the next server. */
export function unwatched(): Watch {
  return { owner: newOwner(), close: () => undefined };
}

/** Unguessable: no process carries it by chance. */
const newOwner = (): string => randomBytes(12).toString("hex");

export interface Watch {
  /** The beginning of every mark that is watched. */
  readonly owner: string;
  /** May be called twice. */
  close(): void;
}

/** An ended one still looks around for a second: the next has another mark, so that it finds nothing of the next. */
function end(watchdog: Watchdog): void {
  watchdog.child.stdin?.end();
  if (running === watchdog) running = null;
}

class Watchdog {
  readonly owner = newOwner();
  readonly child: ChildProcess;
  users = 0;

  constructor() {
    // Its own session: a Ctrl-C for us is not for it.
    this.child = spawn("/bin/sh", ["-c", SCRIPT, "runagent-watchdog", `${MARK}=${this.owner}`], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: { PATH: "/usr/bin:/bin" },
      cwd: "/",
    });
    const gone = (): void => {
      if (running === this) running = null; // the next sandbox starts another
    };
    this.child.once("error", gone);
    this.child.once("exit", gone);
    this.child.stdin?.once("error", gone);
    this.child.unref();
    // Its pipe must not keep us alive either; the type of `stdin` hides that it is a socket.
    if (this.child.stdin instanceof Socket) this.child.stdin.unref();
  }
}
