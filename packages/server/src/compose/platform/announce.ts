/** Tells who started the server where it is, how to log in, and what is not as it should be. */
import type { Terminal } from "../../control/terminal.ts";

export interface Ready {
  readonly url: string;
  readonly data: string;
  readonly isolation: string;
  /** Null: there is an admin's key. */
  readonly loginCode: string | null;
  readonly agents: number;
  /** One sentence each. */
  readonly notes: readonly string[];
  readonly ms: number;
}

export function announceReady(terminal: Terminal, ready: Ready): void {
  const { url, data, isolation, loginCode, agents, notes, ms } = ready;
  terminal.open({ event: "ready", url, pid: process.pid, login_code: loginCode, isolation, agents });
  for (const note of notes) terminal.event({ event: "note", message: note });
  terminal.say("");
  terminal.say(`The RunAgent server is on ${url}  (ready in ${Math.round(ms)} ms)`, "bold");
  terminal.say(`  data ${data}, isolation ${isolation}, ${agents} ${agents === 1 ? "agent" : "agents"}`);
  if (loginCode !== null) {
    terminal.say("  Log in, within ten minutes and once:");
    terminal.say(`    runagent login ${url} --code ${loginCode}`, "cyan");
  }
  for (const note of notes) terminal.say(`  ${note}`, "yellow");
  terminal.say("");
}
