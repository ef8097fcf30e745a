/** What a file does while it is imported that its author meant for a program: it runs the agent, or asks a person. */
import { frameworkOf } from "./frameworks.ts";
import { Origins } from "./origin.ts";
import type { Project } from "./project.ts";

/** One sentence for each of these files that does. */
export function importEffects(files: readonly string[], project: Project): string[] {
  const origins = new Origins(project);
  return [...new Set(files)].flatMap((file) => {
    const outline = project.outline(file);
    const values = [...(outline?.definitions ?? []), ...(outline?.calls ?? [])].map(({ value }) => value);
    const runs = values.some((value) => isRun(origins.of(value, { file })));
    const asks = values.some((value) => value?.[0] === "call" && value[1]?.[0] === "name" && value[1][1] === "input");
    if (!runs && !asks) return [];
    const what = runs ? "runs its agent" : "asks for input";
    const advice = file.endsWith(".py") ? ': move that below `if __name__ == "__main__":`' : "";
    return [`${file} ${what} when it is imported, and so whenever a worker starts${advice}.`];
  });
}

function isRun(origin: string | null): boolean {
  const [, agent] = VERB.exec(origin ?? "") ?? [];
  return agent !== undefined && frameworkOf(agent) !== undefined;
}

const VERB =
  /^(.*)\.(?:a?run|run_sync|run_stream|kickoff(?:_async)?|a?invoke|a?stream|a?print_response|chat|generate)\(\)$/;
