/** The process that reads schemas: gets its work as one message, answers with one. A compiler of ours, not the agent's. */
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import ts from "typescript-api";
import { SchemaReader } from "./type-schema.ts";

interface Work {
  readonly root: string;
  readonly entrypoints: readonly { readonly tag: string; readonly file: string; readonly module: string }[];
}

enableCompileCache();
process.on("disconnect", () => process.exit(0));
process.once("message", (work: Work) => {
  process.send?.(readAll(work));
  flushCompileCache();
});

function readAll({ root, entrypoints }: Work): Record<string, object> {
  const program = ts.createProgram(
    entrypoints.map(({ file }) => join(root, file)),
    optionsOf(root),
  );
  const reader = new SchemaReader(program.getTypeChecker());
  const schemas: Record<string, object> = {};
  for (const { tag, file, module } of entrypoints) {
    const source = program.getSourceFile(join(root, file));
    const found = source === undefined ? null : reader.read(source, module);
    if (found !== null) schemas[tag] = found;
  }
  return schemas;
}

/** The user's own options, without what only matters for writing files. */
function optionsOf(root: string): ts.CompilerOptions {
  const path = ts.findConfigFile(root, ts.sys.fileExists);
  const json = path === undefined ? {} : ts.readConfigFile(path, ts.sys.readFile).config;
  const own = ts.parseJsonConfigFileContent({ ...json, files: [], include: [] }, ts.sys, root).options;
  return {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
    ...own,
    // Without the browser's types: half the time, and what needs them says nothing about a body.
    lib: ["lib.es2023.d.ts"],
    strictNullChecks: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
}
