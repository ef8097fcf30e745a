/**
 * A guide as the steps that its reader follows: files to write (```python title="agent.py"```) and commands to type
 * (```console```: `$ command`, then what it prints; `…` stands for anything).
 */
export type Step =
  | { readonly kind: "file"; readonly line: number; readonly name: string; readonly text: string }
  | { readonly kind: "command"; readonly line: number; readonly command: string; readonly prints: readonly string[] };

const FENCE = /^(`{3,})(\w*) ?(.*)$/;

/** Throws what no test could run: a block that is neither a file nor a console. */
export function stepsOf(markdown: string): Step[] {
  const lines = markdown.split("\n");
  const steps: Step[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, fence, language, rest = ""] = FENCE.exec(lines[at] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(fence, at + 1);
    steps.push(...blockSteps({ language, rest, line: at + 1, body: lines.slice(at + 1, end) }));
    at = end;
  }
  return steps;
}

interface Block {
  readonly language: string | undefined;
  readonly rest: string;
  readonly line: number;
  readonly body: readonly string[];
}

function blockSteps({ language, rest, line, body }: Block): Step[] {
  const [, name] = /\btitle="([^"]+)"/.exec(rest) ?? [];
  if (name !== undefined) return [{ kind: "file", line, name, text: `${body.join("\n")}\n` }];
  if (language === "console") return commands(body, line);
  throw new Error(`line ${line}: a block is a file (title="…") or a console`);
}

function commands(body: readonly string[], line: number): Step[] {
  const steps: { kind: "command"; line: number; command: string; prints: string[] }[] = [];
  let continued = false;
  for (const [index, text] of body.entries()) {
    const last = steps.at(-1);
    if (text.startsWith("$ "))
      steps.push({ kind: "command", line: line + 1 + index, command: text.slice(2), prints: [] });
    else if (last === undefined) throw new Error(`line ${line + 1 + index}: a console begins with a command`);
    else if (continued) last.command += `\n${text}`;
    else if (text.trim() !== "") last.prints.push(text.trim());
    continued = text.endsWith("\\");
  }
  return steps;
}
