/**
 * A module beside the agent's own that hands adapters what they need of a framework, from the very copy that the agent
 * imports: two copies of a package are two sets of classes. Which copies those are is known after a first build; an agent
 * without such a framework has no such module and is built once.
 */
import { resolve } from "node:path";
import type { Metafile, Plugin } from "esbuild";

/** What adapters of the Node worker ask for: the first package of each list that the agent imports gives it. */
const FRAMEWORKS = {
  openaiAgents: { packages: ["@openai/agents-core", "@openai/agents"], names: ["run", "RunState"] },
  langgraph: { packages: ["@langchain/langgraph", "@langchain/langgraph/web"], names: ["Command", "MemorySaver"] },
} as const;

/** As an entry point of the build, and as the output's name. */
export const FRAMEWORKS_ENTRY = { in: "runagent:frameworks", out: "runagent-frameworks" } as const;
export const FRAMEWORKS_NAMESPACE = "runagent-frameworks";

export class FrameworksEntry {
  readonly #root: string;
  #code = "";

  constructor(root: string) {
    this.#root = root;
  }

  get needed(): boolean {
    return this.#code !== "";
  }

  /** What the agent imports, as a build found it. */
  learn(metafile: Metafile): void {
    const imported = importedPackages(metafile);
    const parts = Object.entries(FRAMEWORKS).map(([key, { packages, names }]) => {
      const path = packages.map((name) => imported.get(name)).find((found) => found !== undefined);
      if (path === undefined) return "";
      const from = path.startsWith("file:") ? path : resolve(this.#root, path);
      const members = names.map((name) => `${name}: ${key}.${name}`).join(", ");
      return `import * as ${key} from ${JSON.stringify(from)};\nexport const ${key}Parts = { ${members} };\n`;
    });
    this.#code = parts.join("");
  }

  plugin(): Plugin {
    return {
      name: FRAMEWORKS_NAMESPACE,
      setup: (build) => {
        const namespace = FRAMEWORKS_NAMESPACE;
        build.onResolve({ filter: /^runagent:frameworks$/ }, ({ path }) => ({ path, namespace }));
        build.onResolve({ filter: /^/, namespace }, ({ path }) => ({ path, external: path.startsWith("file:") }));
        build.onLoad({ filter: /^/, namespace }, () => ({ contents: this.#code, resolveDir: this.#root }));
      },
    };
  }
}

/** Package name, as an import says it → the file, or the URL of one that stays outside. */
function importedPackages(metafile: Metafile): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { imports } of Object.values(metafile.inputs)) {
    for (const { original, path, external } of imports) {
      const known = original ?? (external === true ? packageOf(path) : null);
      if (known !== null && known !== undefined && !found.has(known)) found.set(known, path);
    }
  }
  return found;
}

/** `file:///…/node_modules/@scope/name/…` → `@scope/name`. */
function packageOf(url: string): string | null {
  return /^file:.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? null;
}
