/** The arrows of the page, read by its bundler: the checker of the other packages reads no JSX. */
import { resolve } from "node:path";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";

const REPOSITORY = resolve(import.meta.dirname, "../../..");
const OWN = "packages/playground/src/";

/** What each file of the page imports, by paths from the repository's root. */
let imports: Map<string, string[]>;

beforeAll(async () => {
  const { metafile } = await build({
    entryPoints: ["packages/playground/src/main.tsx"],
    absWorkingDir: REPOSITORY,
    outdir: "unused",
    write: false,
    bundle: true,
    format: "esm",
    metafile: true,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const own = Object.entries(metafile.inputs).filter(([path]) => path.startsWith(OWN));
  imports = new Map(own.map(([path, input]) => [path, input.imports.map((one) => one.path)]));
});

test("the page imports itself, the SDK and preact, nothing else", () => {
  const strange = [...imports].flatMap(([from, list]) =>
    list
      .filter((to) => !/^(packages\/(playground|sdk)\/src|node_modules\/(@preact\/signals|preact))\//.test(to))
      .map((to) => `${from} -> ${to}`),
  );
  expect(imports.size).toBeGreaterThan(30);
  expect(strange).toEqual([]);
});

test("no two of its files need each other", () => {
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): void => {
    expect(way, [...way, path].join(" -> ")).not.toContain(path);
    if (done.has(path)) return;
    for (const next of imports.get(path) ?? []) if (imports.has(next)) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) walk(path, []);
});
