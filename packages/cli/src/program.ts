/** The command line as commander sees it, made from the command table. Parses; what a command does is the command's. */
import { Argument, Command, CommanderError, Option } from "commander";
import type { CommandSpec, OptionSpec } from "./command.ts";
import { OptionValues } from "./command.ts";

export interface Parsed {
  readonly spec: CommandSpec;
  readonly arguments: readonly string[];
  readonly options: OptionValues;
}

export interface ProgramText {
  readonly version: string;
  readonly globals: readonly OptionSpec[];
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** The call that the words make; an exit code when commander has answered already (help, version, a wrong word). */
export function parseCommandLine(
  words: readonly string[],
  commands: readonly CommandSpec[],
  text: ProgramText,
): Parsed | { readonly exitCode: number } {
  let parsed: Parsed | undefined;
  const program = buildProgram(commands, text, (call) => {
    parsed = call;
  });
  try {
    program.parse(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { exitCode: isAnswered(error) ? 0 : USAGE };
  }
  return parsed ?? { exitCode: USAGE };
}

const USAGE = 2;
/** Help is shown to who asks for it, and to who left something out. */
const isAnswered = ({ code, exitCode }: CommanderError): boolean =>
  code === "commander.helpDisplayed" || code === "commander.version" || (code === "commander.help" && exitCode === 0);

function buildProgram(commands: readonly CommandSpec[], text: ProgramText, take: (call: Parsed) => void): Command {
  const program = new Command("runagent")
    .description("Turns a folder with an AI agent into a service.")
    .version(text.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "say more about a command")
    .helpCommand("help [command]", "say more about a command")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: text.write, writeErr: text.writeError })
    .showHelpAfterError("Say `runagent COMMAND --help` for how it is used.")
    .addHelpText("after", START)
    .exitOverride();
  for (const option of text.globals) program.addOption(optionOf(option));
  for (const spec of commands) addCommand(program, spec, take);
  return program;
}

const START = `
Start here:
  $ runagent init            write a config for the agent in this folder
  $ runagent serve           serve it on http://127.0.0.1:8450
  $ runagent run message=hi  call it`;

function addCommand(program: Command, spec: CommandSpec, take: (call: Parsed) => void): void {
  const words = spec.name.split(" ");
  const last = words.at(-1) ?? spec.name;
  const parent = words.length === 1 ? program : groupOf(program, words[0] ?? "");
  const command = parent
    .command(last)
    .description(spec.summary)
    .copyInheritedSettings(program)
    .addHelpText("after", examplesText(spec));
  for (const { syntax, about, choices } of spec.arguments ?? []) {
    const argument = new Argument(syntax, about);
    command.addArgument(choices === undefined ? argument : argument.choices(choices));
  }
  for (const option of spec.options ?? []) command.addOption(optionOf(option));
  command.action(() => take({ spec, arguments: command.args, options: optionsOf(command) }));
}

function groupOf(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  return (
    found ??
    program
      .command(name)
      .description(GROUPS[name] ?? name)
      .copyInheritedSettings(program)
  );
}

const GROUPS: Readonly<Record<string, string>> = {
  runs: "look at runs, follow, cancel and repeat them",
  sessions: "look at the conversations of an agent",
  batches: "look at batches of runs",
  target: "choose which server is meant",
  secret: "set what only an agent may see",
  key: "say who may call",
  server: "look after the machine that agents run on",
};

function optionOf({ flags, about, choices, parse, fallback, repeats }: OptionSpec): Option {
  const option = new Option(flags, about);
  if (fallback !== undefined) option.default(fallback);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser((value) => parse(value));
  if (repeats) option.argParser((value, before: string[] = []) => [...before, value]);
  return option;
}

/** The nearest command's, but what was said before what is left out: `server install --port 1` gives the port to `server`. */
function optionsOf(command: Command): OptionValues {
  const given = new Set<string>();
  const values: Record<string, unknown> = {};
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const [name, value] of Object.entries(at.opts())) {
      const isSaid = at.getOptionValueSource(name) === "cli" && !given.has(name);
      if (isSaid) given.add(name);
      if (isSaid || values[name] === undefined) values[name] = value;
    }
  }
  return new OptionValues(values, given);
}

function examplesText({ examples }: CommandSpec): string {
  return ["", "Examples:", ...examples.map(({ line, about }) => `  $ ${line}\n      ${about}`)].join("\n");
}
