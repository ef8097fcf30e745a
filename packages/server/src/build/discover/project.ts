/** The outlines of one language together: which file an import means, if it means one of the agent's own. */
import { isFrameworkPackage } from "./frameworks.ts";
import type { Outline } from "./outline.ts";

export class Project {
  readonly outlines: readonly Outline[];
  readonly #byFile: ReadonlyMap<string, Outline>;

  constructor(outlines: readonly Outline[]) {
    this.outlines = outlines;
    this.#byFile = new Map(outlines.map((one) => [one.file, one]));
  }

  outline(file: string): Outline | undefined {
    return this.#byFile.get(file);
  }

  /** The project's file that `module` means in `from`; undefined: it comes from elsewhere. */
  file(module: string, from: string): string | undefined {
    const paths = from.endsWith(".py") ? this.#pythonPaths(module, from) : scriptPaths(module, from);
    return paths.find((path) => this.#byFile.has(path));
  }

  /** `from package import module` may mean a file of the package. */
  submodule(module: string, name: string, from: string): string | undefined {
    if (!from.endsWith(".py")) return undefined;
    return this.file(/\.$|^$/.test(module) ? `${module}${name}` : `${module}.${name}`, from);
  }

  /** The module's name is that of a folder of the project: `agents` may be the user's own. */
  isOwnPackage(module: string, from: string): boolean {
    if (!from.endsWith(".py")) return /^[./~]|^@\//.test(module);
    if (module.startsWith(".")) return true;
    return this.file(module, from) !== undefined;
  }

  /**
   * What `import module` can mean in a file: beside it, in the folders above it, in `src`. A module inside a package does
   * not hide a framework of the same name: `agents.py` beside `from agents import Agent`.
   */
  #pythonPaths(module: string, from: string): string[] {
    const dots = /^\.+/.exec(module)?.[0].length ?? 0;
    const path = module.slice(dots).replaceAll(".", "/");
    const above = foldersAbove(from);
    const isOpen = (base: string): boolean => base === "" || !this.#byFile.has(`${base}__init__.py`);
    const folders = isFrameworkPackage(module) ? above.filter(isOpen) : above;
    const bases = dots > 0 ? above.slice(dots - 1, dots) : [...folders, "src/"];
    return bases.flatMap((base) =>
      path === "" ? [`${base}__init__.py`] : [`${base}${path}.py`, `${base}${path}/__init__.py`],
    );
  }

  /** All files that a file is made of, itself included. */
  reachable(files: readonly string[]): Outline[] {
    const seen = new Set<string>();
    const next = [...files];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      const outline = this.#byFile.get(file);
      if (outline === undefined || seen.has(file)) continue;
      seen.add(file);
      for (const { module, name } of Object.values(outline.imports)) {
        const own = [this.file(module, file), name === null ? undefined : this.submodule(module, name, file)];
        next.push(...own.filter((one) => one !== undefined));
      }
    }
    return this.outlines.filter((one) => seen.has(one.file));
  }
}

/** Of `a/b/c.py`: `a/b/`, `a/`, and the root. */
function foldersAbove(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return Array.from({ length: parts.length + 1 }, (_, i) => {
    const folder = parts.slice(0, parts.length - i).join("/");
    return folder === "" ? "" : `${folder}/`;
  });
}

const ENDINGS = ["", ".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs", "/index.ts", "/index.tsx", "/index.js"];

function scriptPaths(module: string, from: string): string[] {
  const alias = /^(?:@|~)\/(.*)$/.exec(module)?.[1];
  const bare = alias !== undefined ? [`src/${alias}`, alias] : module.startsWith(".") ? [joined(from, module)] : [];
  return bare.flatMap((path) => [
    ...ENDINGS.map((ending) => `${path}${ending}`),
    ...[".ts", ".tsx", ".mts"].map((ending) => path.replace(/\.[cm]?jsx?$/, ending)),
  ]);
}

function joined(from: string, module: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of module.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
