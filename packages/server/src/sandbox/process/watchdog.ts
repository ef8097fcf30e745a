/**
 * Ends what we started when this process is killed so hard that it cannot do it itself: a shell that reads a pipe which
 * only we hold. When the pipe ends it kills every process that carries our mark, and itself ends. One for all sandboxes,
 * started with the first and ended with the last. It never kills anything without the mark.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { MARK } from "./table.ts";

/** The beginning of every mark of this process. Unguessable: nobody else's process can carry it by chance. */
const OWNER = randomBytes(12).toString("hex");

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

let running: ChildProcess | null = null;
let users = 0;

export interface Watch {
  readonly owner: string;
  /** May be called twice. */
  close(): void;
}

/** Begins to watch. A machine without `/bin/sh` is not watched. */
export function watchOver(): Watch {
  users += 1;
  running ??= start();
  let closed = false;
  return {
    owner: OWNER,
    close: () => {
      if (closed) return;
      closed = true;
      users -= 1;
      if (users > 0) return;
      running?.stdin?.end();
      running = null;
    },
  };
}

function start(): ChildProcess {
  // Its own session: a Ctrl-C for us is not for it.
  const child = spawn("/bin/sh", ["-c", SCRIPT, "runagent-watchdog", `${MARK}=${OWNER}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
  });
  child.once("error", () => {
    if (running === child) running = null;
  });
  child.stdin?.once("error", () => undefined); // it is gone: the next sandbox starts another
  child.unref();
  if (child.stdin !== null && "unref" in child.stdin && typeof child.stdin.unref === "function") child.stdin.unref();
  return child;
}
