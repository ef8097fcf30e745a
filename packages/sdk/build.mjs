/** Makes the publishable package in dist/: one file of JavaScript, the types of it and of the protocol, nothing to install. */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const PACKAGE = fileURLToPath(new URL(".", import.meta.url));
const REPOSITORY = join(PACKAGE, "../..");
const DIST = join(PACKAGE, "dist");
const TYPES = join(DIST, "types");

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST, { recursive: true });
await bundle();
declareTypes();
writeManifest();
cpSync(join(PACKAGE, "README.md"), join(DIST, "README.md"));
cpSync(join(REPOSITORY, "LICENSE"), join(DIST, "LICENSE"));

/** `neutral`: what only Node has would be an error here. */
async function bundle() {
  await build({
    entryPoints: [join(PACKAGE, "src/index.ts")],
    outfile: join(DIST, "index.js"),
    bundle: true,
    platform: "neutral",
    format: "esm",
    target: "es2022",
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
  });
}

function declareTypes() {
  // By its own name: other packages bring a `tsc` of an older TypeScript.
  const tsc = join(REPOSITORY, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(PACKAGE, "tsconfig.build.json")], { stdio: "inherit" });
  for (const file of globSync("**/*.d.ts", { cwd: TYPES })) pointInside(join(TYPES, file));
}

/** The protocol is not published: its types lie beside ours. */
function pointInside(file) {
  const protocol = relative(dirname(file), join(TYPES, "protocol/src"));
  const text = readFileSync(file, "utf8")
    .replace(/(from "\.[^"]*)\.ts"/g, '$1.js"')
    .replace(/from "@runagent\/protocol\/([^"]+)"/g, `from "${protocol.startsWith(".") ? "" : "./"}${protocol}/$1.js"`);
  writeFileSync(file, text);
}

function writeManifest() {
  const { name, version, description, type, license, keywords, engines, sideEffects } = JSON.parse(
    readFileSync(join(PACKAGE, "package.json"), "utf8"),
  );
  const exports = { ".": { types: "./types/sdk/src/index.d.ts", default: "./index.js" } };
  const manifest = { name, version, description, type, license, keywords, engines, sideEffects, exports };
  writeFileSync(join(DIST, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
