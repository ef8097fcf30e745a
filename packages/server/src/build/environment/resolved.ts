/**
 * What was resolved where nothing is pinned: kept beside the environments, so that the same project gets the same packages
 * again after its environment was deleted. The difference to what the agent had before is told once.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnvironmentRequest } from "./environment.ts";
import { owner } from "./hashed.ts";

export interface Resolved {
  /** `name==version`, one a line. */
  readonly lock: string;
  readonly notes: readonly string[];
}

/** In the environment, as the tool wrote it. */
export const RESOLVED = "runagent-resolved.txt";
/** A stranger's code ran where it was written. */
export const PACKAGE_LINE = /^[A-Za-z0-9@][\w.@/+-]*==[\w.!+-]+$/;
export const MOST_LINES = 5000;
const SHOWN = 10;

export async function resolution(
  request: EnvironmentRequest,
  { key, file }: { readonly key: string; readonly file: string },
): Promise<Resolved> {
  const folder = join(request.home, "resolved");
  await mkdir(folder, { recursive: true });
  const [kept, last] = [join(folder, `${key}.txt`), join(folder, `last-${owner(request, false)}.txt`)];
  const text = existsSync(kept) ? await readFile(kept, "utf8") : await readFile(file, "utf8").catch(() => "");
  const all = text.split("\n").filter(Boolean);
  const lines = all.filter((line) => PACKAGE_LINE.test(line)).slice(0, MOST_LINES);
  const lock = `${lines.join("\n")}\n`;
  const before = await readFile(last, "utf8").catch(() => null);
  // A list that leaves something out (a folder, a link) would install less: it is told, and not used again.
  if (lines.length === all.length && lines.length > 0) await put(kept, lock);
  if (before !== lock) await put(last, lock);
  return { lock, notes: before === null ? [] : difference(before, lock) };
}

async function put(file: string, text: string): Promise<void> {
  const draft = `${file}.${crypto.randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, file);
}

/** One sentence, or none. */
export function difference(before: string, after: string): string[] {
  const [old, now] = [versions(before), versions(after)];
  const changed = [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((name) => {
    const [from, to] = [old.get(name), now.get(name)];
    if (from === to) return [];
    return [
      from === undefined ? `+ ${name} ${to}` : to === undefined ? `- ${name} ${from}` : `${name} ${from} → ${to}`,
    ];
  });
  if (changed.length === 0) return [];
  const more = changed.length > SHOWN ? ` and ${changed.length - SHOWN} more` : "";
  return [`Packages changed, since no lock pins them: ${changed.slice(0, SHOWN).join(", ")}${more}.`];
}

const versions = (text: string): Map<string, string> =>
  new Map(
    text.split("\n").flatMap((line): [string, string][] => {
      const at = line.lastIndexOf("==");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)]];
    }),
  );
