/** What an agent without a config is called: as its folder, unless that says nothing and the project has a name. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export interface ProjectName {
  readonly name: string;
  /** `its folder`, or the file that says it. */
  readonly after: string;
}

export function projectName(root: string): ProjectName {
  const folder = basename(root);
  if (!SAYS_NOTHING.test(folder)) return { name: folder, after: "its folder" };
  for (const [file, pattern] of FILES) {
    const path = join(root, file);
    const found = existsSync(path) ? pattern.exec(readFileSync(path, "utf8"))?.[1] : undefined;
    if (found !== undefined) return { name: found.replace(/^@[^/]+\//, ""), after: file };
  }
  return { name: folder, after: "its folder" };
}

const SAYS_NOTHING = /^(app|src|code|workspace|repo|project|backend|server|usr|tmp|)$/i;

const FILES: readonly (readonly [string, RegExp])[] = [
  ["pyproject.toml", /^\[(?:project|tool\.poetry)\][^[]*?^name\s*=\s*["']([^"'\n]+)["']/m],
  ["package.json", /"name"\s*:\s*"([^"\n]+)"/],
];
