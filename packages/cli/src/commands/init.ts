/** `runagent init`: proposes `runagent.config.json` for what the folder holds, and writes it; or begins with a template. Never touches what is there. */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { CommandCall, CommandSpec } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { proposeConfig } from "../propose-config.ts";
import { templateNames } from "../templates.ts";

export const init: CommandSpec = {
  name: "init",
  summary: "write runagent.config.json for the agent in a folder",
  arguments: [{ syntax: "[path]", about: "the agent's folder; left out: this one" }],
  options: [
    { flags: "--entry <file:name>", about: "the function or object that callers may run" },
    { flags: "--name <name>", about: "the agent's name; left out: the folder's" },
    { flags: "--template <name>", about: "begin with an example, as it is in examples/; `list` names them all" },
    { flags: "--yes", about: "write it without asking" },
  ],
  examples: [
    { line: "runagent init my-agent --template langgraph", about: "an agent that answers without any key" },
    { line: "runagent init --entry agent.py:app", about: "callers run `app` of agent.py" },
    { line: "runagent init ./my-agent --name support --yes", about: "what it finds there, under another name" },
  ],
  run: runInit,
};

async function runInit(call: CommandCall): Promise<number> {
  const { settings, options, output } = call;
  const root = resolve(settings.workingFolder, call.arguments[0] ?? ".");
  const name = options.text("name") ?? null;
  const template = options.text("template");
  if (template === "list") return listTemplates(call);
  if (template !== undefined) {
    const { initTemplate } = await import("../init-template.ts");
    return initTemplate(call, { template, folder: root, name });
  }
  const { CONFIG_FILES } = await import("@runagent/server/config-file");
  const there = CONFIG_FILES.find((one) => existsSync(join(root, one)));
  if (there !== undefined) {
    throw new CommandFailure(EXIT.invalid, `${join(root, there)} is there already.`, "It is left as it is.");
  }
  const entry = options.text("entry") ?? null;
  const { config, notes } = await proposeConfig({ root, name, entry, env: settings.shell });
  for (const note of notes) output.note(note);
  const text = `${JSON.stringify(config, null, 2)}\n`;
  if (!(await agreed(call, text))) return EXIT.ok;
  const file = join(root, CONFIG_FILES[0]);
  // `wx`: one that appeared meanwhile is not touched either.
  writeFileSync(file, text, { flag: "wx" });
  if (output.json) output.document({ file, config, notes });
  else output.line(`Wrote ${file}. Serve it with: runagent serve`);
  return EXIT.ok;
}

function listTemplates({ output }: CommandCall): number {
  const names = templateNames();
  if (output.json) output.document({ items: names.map((name) => ({ name })) });
  else for (const name of names) output.line(name);
  return EXIT.ok;
}

/** Asks only where a person can answer. */
async function agreed({ options, output, stdin, signal }: CommandCall, text: string): Promise<boolean> {
  const asks = output.streams.stderr.isTTY === true && "isTTY" in stdin && stdin.isTTY === true;
  if (!asks || options.flag("yes") || output.json) return true;
  output.note(text);
  const reader = createInterface({ input: stdin, output: output.streams.stderr });
  try {
    const answer = await reader.question("Write it? [Y/n] ", { signal });
    return !/^n/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
