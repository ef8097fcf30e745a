/** From the command to "can be called", and from a save to the first answer of the new code. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command } from "../../scripts/run/command.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";
import { benchPython } from "../subjects/python.ts";
import { serve } from "../subjects/runagent.ts";

export const READY_PLAIN = "`serve` ready, plain Python agent";
export const READY_LANGGRAPH = "`serve` ready, LangGraph agent";
export const RELOAD = "save → answered by the new code";

const AGENTS = resolve(import.meta.dirname, "../agents");
const LANGGRAPH = resolve(import.meta.dirname, "../../examples/langgraph");
const GIVE_UP_MS = 10_000;

export async function measureStart(plan: Plan, samples: Samples): Promise<void> {
  for (let round = 0; round < plan.rounds; round += 1) {
    samples.add(READY_PLAIN, "ready ms", await ready(join(AGENTS, "python")));
    samples.add(READY_LANGGRAPH, "import ms", await importTime());
    samples.add(READY_LANGGRAPH, "ready ms", await ready(LANGGRAPH));
    samples.add(RELOAD, "reload ms", await reload());
  }
}

async function ready(folder: string): Promise<number> {
  await using running = await serve(folder);
  return running.readyMs;
}

/** The whole of `python -c "import agent"`, the interpreter's own start included. */
async function importTime(): Promise<number> {
  const python = join(await benchPython(), "python");
  const { ok, output, seconds } = await command([python, "-B", "-c", "import agent"], { cwd: LANGGRAPH });
  if (!ok) throw new Error(output);
  return seconds * 1000;
}

async function reload(): Promise<number> {
  const folder = join(tmpdir(), `runagent-bench-${process.pid}`);
  await cp(join(AGENTS, "python"), folder, { recursive: true });
  try {
    await using running = await serve(folder);
    const url = `http://127.0.0.1:${running.port}/v1/run/bench/echo`;
    await ask(url);
    const began = performance.now();
    await writeFile(join(folder, "agent.py"), await changed(join(folder, "agent.py")));
    while ((await ask(url)) !== '"new"') {
      if (performance.now() - began > GIVE_UP_MS) throw new Error("the new code never answered");
    }
    return performance.now() - began;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ask(url: string): Promise<string> {
  return (await fetch(url, { method: "POST", body: "{}" })).text();
}

async function changed(path: string): Promise<string> {
  return (await readFile(path, "utf8")).replace("return payload", 'return "new"');
}
