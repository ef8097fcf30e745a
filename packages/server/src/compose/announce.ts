/** Tells the user of `serve` what is there: the address, each entrypoint with a line to call it, failures with their traceback. */
import type { AgentView, Problem } from "@runagent/protocol";
import type { Terminal } from "../control/terminal.ts";
import { callLines } from "./call-example.ts";

export interface Served {
  readonly url: string;
  readonly agent: AgentView;
  readonly notes: readonly string[];
  readonly ms: number;
}

export interface Failure {
  readonly url: string;
  readonly problem: Problem;
  /** A change is waited for. */
  readonly waits: boolean;
}

export function announceReady(terminal: Terminal, served: Served): void {
  const { url, agent } = served;
  terminal.open({ event: "ready", url, agent: agent.name, version: agent.version, entrypoints: shortly(agent) });
  for (const note of served.notes) terminal.event({ event: "note", message: note });
  terminal.say("");
  terminal.say(
    `${agent.title} is served on ${url}  (loaded in ${Math.round(served.ms)} ms, docs on ${url}/docs)`,
    "bold",
  );
  sayEntrypoints(terminal, served);
  terminal.say("");
}

export function announceReload(terminal: Terminal, served: Served): void {
  const { agent, ms } = served;
  terminal.event({
    event: "reloaded",
    agent: agent.name,
    version: agent.version,
    ms: Math.round(ms),
    entrypoints: shortly(agent),
  });
  terminal.say(`Reloaded as ${agent.version} in ${Math.round(ms)} ms`, "green");
  for (const note of served.notes) terminal.say(`  ${note}`, "dim");
}

export function announceFailure(terminal: Terminal, failure: Failure): void {
  const { url, problem, waits } = failure;
  terminal.open({ event: "load_failed", url, problem });
  terminal.problem(problem);
  if (!waits) return;
  terminal.say(`Waiting for a change; calls to ${url} are answered with this problem.`, "dim");
}

function sayEntrypoints(terminal: Terminal, { url, agent, notes }: Served): void {
  const lines = callLines(url, agent);
  agent.entrypoints.forEach((one, i) => {
    terminal.say(`  ${one.tag}  ${one.type}, input: ${one.input}`);
    terminal.say(`    ${lines[i] ?? ""}`, "cyan");
  });
  for (const note of notes) terminal.say(`  ${note}`, "dim");
}

const shortly = (agent: AgentView) => agent.entrypoints.map(({ tag, type, input }) => ({ tag, type, input }));
