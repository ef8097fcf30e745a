/**
 * Makes the publishable package in dist/: the command line with the server in lib/, what runs inside workers in
 * lib/workers/, the templates in lib/templates/, and the launcher in bin/. Only what cannot be bundled stays a dependency.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildPage } from "../playground/build.mjs";

const PACKAGE = fileURLToPath(new URL(".", import.meta.url));
const REPOSITORY = join(PACKAGE, "../..");
const DIST = join(PACKAGE, "dist");
const MANIFEST = readManifest("packages/cli");
/** A native program, and a compiler of 20 MB that reads its own folder. */
const SERVER = readManifest("packages/server").dependencies;
const DEPENDENCIES = { ...MANIFEST.dependencies, esbuild: SERVER.esbuild, "typescript-api": SERVER["typescript-api"] };

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });
await bundleProgram();
await addNodeWorker();
addPythonWorker();
await addTemplates();
await addPage();
writeManifest();
cpSync(join(PACKAGE, "bin"), join(DIST, "bin"), { recursive: true });
cpSync(join(PACKAGE, "README.md"), join(DIST, "README.md"));
cpSync(join(REPOSITORY, "LICENSE"), join(DIST, "LICENSE"));

/** Cut where something is loaded lazily: `run` never reads the server. */
async function bundleProgram() {
  await build({
    // Beside each other: the program starts the other one as a process, by its name.
    entryPoints: {
      main: join(PACKAGE, "src/main.ts"),
      "schema-process": join(REPOSITORY, "packages/server/src/build/bundle/schema-process.ts"),
      "daemon-process": join(REPOSITORY, "packages/server/src/egress/daemon-process.ts"),
      "archive-thread": join(REPOSITORY, "packages/server/src/control/runs/archive-thread.ts"),
      "writer-thread": join(REPOSITORY, "packages/server/src/engine/sqlite/writer-thread.ts"),
      "outline-process": join(REPOSITORY, "packages/server/src/build/discover/outline-process.ts"),
    },
    outdir: join(DIST, "lib"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // jsonc-parser's other form asks for its parts at run time.
    mainFields: ["module", "main"],
    external: Object.keys(DEPENDENCIES),
    // Bundled packages in CommonJS ask for node's own modules.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    minifySyntax: true,
    legalComments: "none",
  });
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(REPOSITORY, folder, "package.json"), "utf8"));
}

async function addNodeWorker() {
  await import("../worker-node/build.mjs");
  cpSync(join(REPOSITORY, "packages/worker-node/dist"), join(DIST, "lib/workers/node"), { recursive: true });
}

function addPythonWorker() {
  cpSync(join(REPOSITORY, "packages/worker-python/runagent_worker"), join(DIST, "lib/workers/python/runagent_worker"), {
    recursive: true,
    filter: (path) => basename(path) !== "__pycache__",
  });
}

/** The examples themselves: there is no second copy of them in the repository. */
async function addTemplates() {
  const { templateFiles, templateNames } = await import("./src/templates.ts");
  for (const name of templateNames()) {
    for (const file of templateFiles(name)) {
      cpSync(join(REPOSITORY, "examples", name, file), join(DIST, "lib/templates", name, file));
    }
  }
}

async function addPage() {
  mkdirSync(join(DIST, "lib/page"), { recursive: true });
  for (const [name, bytes] of await buildPage()) writeFileSync(join(DIST, "lib/page", name), bytes);
}

function writeManifest() {
  const { name, version, description, type, license, keywords, engines, bin } = MANIFEST;
  const manifest = { name, version, description, type, license, keywords, engines, bin, dependencies: DEPENDENCIES };
  writeFileSync(join(DIST, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
