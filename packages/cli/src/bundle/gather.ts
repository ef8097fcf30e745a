/**
 * The files of a folder, the agent's or one around it, that go into its bundle. `.gitignore` and `.runagentignore` count, in every folder; what
 * must never leave this machine is left out whatever they say, and named; a link that leads outside is refused.
 */
import { type Dirent, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { EXIT } from "../exit-codes.ts";
import { CommandFailure } from "../failure.ts";
import { isNever, isOfTools } from "./left-out.ts";

export interface GatheredFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string;
  /** On this machine. */
  readonly file: string;
  readonly size: number;
  readonly mode: number;
}

export interface Gathered {
  readonly files: readonly GatheredFile[];
  /** What stays here though no ignore file says so: secrets, keys, environments. */
  readonly leftOut: readonly string[];
}

const IGNORE_FILES = [".gitignore", ".runagentignore"];
/** Beyond it something is wrong: a folder of packages that nothing ignores. */
const MOST_FILES = 50_000;

interface Rules {
  /** Of the folder that the rules stand in, with a slash at its end; the root's: empty. */
  readonly base: string;
  readonly matcher: Ignore;
}

export function gather(root: string): Gathered {
  const walk = new Walk(realpathSync(root));
  walk.folder("", []);
  const files = walk.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { files, leftOut: walk.leftOut.toSorted() };
}

class Walk {
  readonly files: GatheredFile[] = [];
  readonly leftOut: string[] = [];
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  folder(base: string, above: readonly Rules[]): void {
    const rules = [...above, ...rulesIn(join(this.#root, base), base)];
    for (const entry of readdirSync(join(this.#root, base), { withFileTypes: true })) this.#entry(entry, base, rules);
  }

  #entry(entry: Dirent, base: string, rules: readonly Rules[]): void {
    const path = base + entry.name;
    const kind = this.#kindOf(entry, path);
    if (kind === "other" || isOfTools(entry.name)) return;
    const shown = kind === "folder" ? `${path}/` : path;
    if (isNever(entry.name, kind) || (kind === "folder" && this.#isEnvironment(path))) {
      this.leftOut.push(shown);
      return;
    }
    if (isIgnored(shown, rules)) return;
    if (kind === "folder") this.folder(shown, rules);
    else this.#add(path);
  }

  #add(path: string): void {
    if (this.files.length >= MOST_FILES) {
      const hint = "Name what is not needed in .runagentignore.";
      throw new CommandFailure(EXIT.invalid, `${this.#root} has more than ${MOST_FILES} files.`, hint);
    }
    const file = join(this.#root, path);
    const { size, mode } = statSync(file);
    this.files.push({ path, file, size, mode: mode & 0o777 });
  }

  #kindOf(entry: Dirent, path: string): "file" | "folder" | "other" {
    if (entry.isFile()) return "file";
    if (entry.isDirectory()) return "folder";
    return entry.isSymbolicLink() ? this.#linked(path) : "other";
  }

  /** A link to a file inside is that file; to a folder, it would be there twice. */
  #linked(path: string): "file" | "other" {
    const target = realTarget(join(this.#root, path));
    if (target === null) return "other";
    if (!target.startsWith(this.#root + sep)) {
      throw new CommandFailure(
        EXIT.invalid,
        `${path} is a link that leads outside of what is bundled, to ${target}.`,
        "Copy what is needed into the folder, or name the link in .runagentignore.",
      );
    }
    return lstatSync(target).isFile() ? "file" : "other";
  }

  /** A virtual environment, whatever its name. */
  #isEnvironment(path: string): boolean {
    return statSync(join(this.#root, path, "pyvenv.cfg"), { throwIfNoEntry: false }) !== undefined;
  }
}

/** Null: nothing is there. */
export function realTarget(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    return null; // it leads nowhere
  }
}

function rulesIn(folder: string, base: string): Rules[] {
  return IGNORE_FILES.flatMap((name) => {
    try {
      return [{ base, matcher: ignore().add(readFileSync(join(folder, name), "utf8")) }];
    } catch {
      return []; // there is none
    }
  });
}

/** The innermost folder's rules count most, and the last of them; as git does it. */
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  for (const { base, matcher } of rules.toReversed()) {
    const { ignored, unignored } = matcher.test(path.slice(base.length));
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}
