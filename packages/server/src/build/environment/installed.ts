/** What is installed in a built environment, as its own records say: for people who look at a version, and for its differences. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Language } from "@runagent/protocol/config";
import { MOST_LINES, PACKAGE_LINE } from "./resolved.ts";

/** `name==version`, sorted, each once. `directory`: Python's environment, or Node's `node_modules`. */
export async function installedPackages(directory: string, language: Language): Promise<readonly string[]> {
  const found = await (language === "python" ? ofPython(directory) : ofNode(directory));
  return [...new Set(found)]
    .filter((line) => PACKAGE_LINE.test(line))
    .toSorted()
    .slice(0, MOST_LINES);
}

/** `my_lib-1.0.dist-info` is of `my-lib`. */
async function ofPython(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const version of await names(join(directory, "lib"))) {
    for (const name of await names(join(directory, "lib", version, "site-packages"))) {
      const [, project = "", release = ""] = /^(.+)-([^-]+)\.dist-info$/.exec(name) ?? [];
      if (project !== "") found.push(`${project.replaceAll("_", "-").toLowerCase()}==${release}`);
    }
  }
  return found;
}

async function ofNode(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await names(directory)) {
    if (name.startsWith(".")) continue;
    const inside = name.startsWith("@") ? await names(join(directory, name)) : [];
    const packages = name.startsWith("@") ? inside.map((one) => `${name}/${one}`) : [name];
    for (const one of packages) found.push(`${one}==${await versionIn(join(directory, one, "package.json"))}`);
  }
  return found;
}

/** Empty: it says none. A stranger wrote the file. */
async function versionIn(file: string): Promise<string> {
  try {
    const manifest: unknown = JSON.parse(await readFile(file, "utf8"));
    const version = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
    return typeof version === "string" ? version : "";
  } catch {
    return ""; // no package
  }
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
