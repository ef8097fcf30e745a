/** Completion scripts for three shells. They hold every word, so that no process is started at a key press. */
import type { CommandSpec } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;

export function completionScript(shell: string, commands: readonly CommandSpec[]): string {
  const words = wordsAfter(commands);
  if (shell === "fish") return fish(commands);
  return shell === "zsh" ? `autoload -U +X bashcompinit && bashcompinit\n${bash(words)}` : bash(words);
}

/** What may follow: `""` at the start, `runs` after `runagent runs`, `runs list` after both. */
function wordsAfter(commands: readonly CommandSpec[]): Map<string, string[]> {
  const after = new Map<string, string[]>();
  const add = (place: string, words: readonly string[]): void => {
    after.set(place, [...new Set([...(after.get(place) ?? []), ...words])]);
  };
  for (const { name, options = [], arguments: args = [] } of commands) {
    const [first = "", second] = name.split(" ");
    add("", [first]);
    if (second !== undefined) add(first, [second]);
    const own = [...options, ...GLOBAL_OPTIONS].map(({ flags }) => flagOf(flags));
    add(name, [...args.flatMap(({ choices = [] }) => choices), ...own]);
  }
  return after;
}

const flagOf = (flags: string): string => flags.split(" ")[0] ?? flags;

function bash(words: Map<string, string[]>): string {
  const cases = [...words].map(
    ([place, list]) => `    ${JSON.stringify(place)}) words=${JSON.stringify(list.join(" "))} ;;`,
  );
  return `_runagent() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words="" place="" word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -* ]] && continue
    case "\${place:+$place }$word" in
${placesCase(words)}
    esac
  done
  case "$place" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _runagent runagent
`;
}

function placesCase(words: Map<string, string[]>): string {
  const places = [...words.keys()].filter((place) => place !== "");
  return `      ${places.map((place) => JSON.stringify(place)).join(" | ")}) place="\${place:+$place }$word" ;;`;
}

function fish(commands: readonly CommandSpec[]): string {
  const lines = ["complete -c runagent -n __fish_use_subcommand -l version -d 'print the version'"];
  for (const { flags, about } of GLOBAL_OPTIONS)
    lines.push(`complete -c runagent -l ${longOf(flags)} -d ${quoted(about)}`);
  for (const { name, summary, options = [] } of commands) {
    const [first = "", second] = name.split(" ");
    const inside = `__fish_seen_subcommand_from ${first}`;
    if (second === undefined)
      lines.push(`complete -c runagent -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`);
    else {
      lines.push(`complete -c runagent -n __fish_use_subcommand -a ${first}`);
      lines.push(`complete -c runagent -n ${quoted(inside)} -a ${second} -d ${quoted(summary)}`);
    }
    const place = second === undefined ? inside : `${inside}; and __fish_seen_subcommand_from ${second}`;
    for (const { flags, about } of options) {
      lines.push(`complete -c runagent -n ${quoted(place)} -l ${longOf(flags)} -d ${quoted(about)}`);
    }
  }
  return `${[...new Set(lines)].join("\n")}\n`;
}

const longOf = (flags: string): string => flagOf(flags).replace(/^--/, "");
const quoted = (text: string): string => `'${text.replaceAll("'", "\\'")}'`;
