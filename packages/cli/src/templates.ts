/**
 * The templates of `init`: the folders of `examples/`, as they are there; published, a copy of them beside the program.
 * Copied without what is built, and never over a file that is there.
 */
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT } from "./exit-codes.ts";
import { CommandFailure } from "./failure.ts";

const PLACES = ["./templates", "../../../examples"];
const CONFIG = "runagent.config.json";
/** Made by tools in a folder that is in use. */
const BUILT = new Set(["node_modules", "__pycache__", "dist", "build", ".venv", ".ruff_cache", ".pytest_cache"]);

export function templateNames(): string[] {
  const root = templatesFolder();
  return readdirSync(root)
    .filter((name) => existsSync(join(root, name, CONFIG)))
    .sort();
}

/** Relative paths, with forward slashes. Throws CommandFailure when there is no such template. */
export function templateFiles(name: string): string[] {
  const names = templateNames();
  if (names.includes(name)) return filesIn(join(templatesFolder(), name), "");
  throw new CommandFailure(EXIT.invalid, `There is no template ${name}.`, `There are: ${names.join(", ")}.`);
}

/** Throws CommandFailure, before anything is written, when one of the files is there. */
export function copyTemplate(name: string, target: string): readonly string[] {
  const files = templateFiles(name);
  if (existsSync(target) && !statSync(target).isDirectory()) {
    throw new CommandFailure(EXIT.invalid, `${target} is a file.`, "Name a folder, or leave it out: this one.");
  }
  const there = files.filter((file) => existsSync(join(target, file)));
  if (there.length > 0) {
    const hint = "Nothing was written. Name another folder: `runagent init FOLDER --template NAME`.";
    throw new CommandFailure(EXIT.invalid, `In ${target} there is already: ${there.join(", ")}.`, hint);
  }
  for (const file of files) {
    const path = join(target, file);
    mkdirSync(dirname(path), { recursive: true });
    const from = join(templatesFolder(), name, file);
    if (file === "README.md") writeFileSync(path, fromInside(readFileSync(from, "utf8"), name), { flag: "wx" });
    else copyFileSync(from, path, constants.COPYFILE_EXCL);
  }
  return files;
}

/** Its commands as one types them in the new folder, not from the folder of all examples. */
const fromInside = (text: string, name: string): string => text.replaceAll(` examples/${name}\n`, "\n");

/** The line of the template that says how a real model takes the place of the scripted one. */
export function realModelLine(folder: string, files: readonly string[]): { file: string; line: string } | null {
  for (const file of files.filter((one) => /\.(py|[cm]?[jt]sx?)$/.test(one))) {
    const line = /^\s*(?:#|\/\/)\s*A real model, one line: (.*)$/m.exec(readFileSync(join(folder, file), "utf8"))?.[1];
    if (line !== undefined) return { file, line };
  }
  return null;
}

function filesIn(folder: string, below: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (BUILT.has(entry.name) || /^\.env$|\.pyc$|\.tsbuildinfo$/.test(entry.name)) return [];
      return entry.isDirectory() ? filesIn(join(folder, entry.name), path) : [path];
    });
}

function templatesFolder(): string {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = folders.find((folder) => existsSync(folder));
  if (found === undefined) throw new Error(`This installation is not whole: none of ${folders.join(", ")} is there.`);
  return found;
}
